import { join } from "node:path";
import { createDatabase } from "@borda/database";
import { createQueue, createWorkers, type WorkerEvent } from "@borda/queue";
import { createStorage } from "@borda/storage";
import type { Logger } from "pino";
import type { Environment } from "./env";
import { handlers } from "./handlers";
import { startHeart } from "./heart";
import { patiently } from "./outage";
import { reconcile } from "./reconcile";
import type { Services, TrainingOptions } from "./services";

export interface Worker {
  /** Gives running jobs back to the queue, a training after saving its state, and disconnects. */
  stop(): Promise<void>;
}

/** Serves every job of one BORDA_HOME; resolves when it does. Waits for a database that is not up yet. */
export async function startWorker(
  environment: Environment,
  log: Logger,
  training: Partial<TrainingOptions> = {},
): Promise<Worker> {
  const { BORDA_HOME: home, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = environment;
  const { HF_TOKEN: token, HF_ENDPOINT: endpoint, BORDA_TENSORFLOW_HOME: tensorflowHome = home } = environment;
  const onError = (error: Error) => log.warn({ err: error }, "connection lost; it mends itself");
  const services: Services = {
    database: createDatabase(databaseUrl, { onConnectionError: onError }),
    storage: createStorage(join(home, "storage")),
    queue: createQueue({ databaseUrl, redisUrl, onError }),
    training: {
      runsFolder: join(home, "runs"),
      featuresFolder: join(home, "features"),
      tensorflowHome,
      leaseSeconds: 30,
      heartbeatSeconds: 2,
      saveEverySeconds: 15,
      ...training,
    },
    hub: {
      cache: join(home, "hub"),
      ...(token !== undefined && { token }),
      ...(endpoint !== undefined && { endpoint: endpoint.replace(/\/$/, "") }),
    },
    home,
    log,
  };
  const stopping = new AbortController();
  await patiently(() => services.database.ping(), stopping.signal);
  await services.storage.sweep();
  await patiently(() => reconcile(services), stopping.signal);
  const workers = createWorkers({
    databaseUrl,
    redisUrl,
    handlers,
    services,
    concurrency: { "consider-retraining": 2, "prepare-backbone": 2 },
    onEvent: (event) => report(event, log),
  });
  await workers.ready;
  const heart = await startHeart(services);
  const stop = async () => {
    stopping.abort();
    await heart.stop();
    await workers.close();
    await services.queue.close();
    await services.database.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function report(event: WorkerEvent, log: Logger): void {
  const { type, ...rest } = event;
  if (event.type === "error") log.warn({ job: event.job, err: event.error }, "the queue lost its store for a moment");
  else if (event.type === "failed")
    log[event.final ? "error" : "warn"](
      { ...rest, error: undefined, err: event.error },
      event.final ? "job failed" : "job failed; it is tried again",
    );
  else if (event.type === "stalled") log.warn(rest, "job of a lost worker comes back");
  else log[event.job === "consider-retraining" ? "debug" : "info"](rest, `job ${type}`);
}
