import { pino } from "pino";
import { readEnv } from "./env";
import { startScorer } from "./scorer";

const env = readEnv(process.env);
const log = pino({ level: env.LOG_LEVEL, name: "scorer" });
const scorer = await startScorer(env, log, new URL("./thread.js", import.meta.url));

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping: requests in flight end first");
    scorer.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  });
}
