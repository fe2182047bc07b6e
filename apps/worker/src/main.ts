import { pino } from "pino";
import { InvalidEnvironment, readEnvironment } from "./env";
import { startWorker } from "./worker";

// The entry of the worker process. It ends with 0 after SIGTERM or SIGINT; a second one ends it at once.
try {
  const environment = readEnvironment(process.env);
  const log = pino({ name: "worker", level: environment.LOG_LEVEL });
  let stop: (() => Promise<void>) | undefined;
  let asked = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, async () => {
      if (asked || !stop) process.exit(1);
      asked = true;
      log.info({ signal }, "stopping");
      await stop();
      log.info("stopped");
      process.exit(0);
    });
  const worker = await startWorker(environment, log);
  stop = () => worker.stop();
  log.info("ready");
  // To the supervisor, if there is one.
  process.send?.("ready");
} catch (error) {
  if (!(error instanceof InvalidEnvironment)) throw error;
  console.error(error.message);
  process.exit(1);
}
