import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Checkpoint, createDatabase } from "@borda/database";
import { CheckpointId } from "@borda/preferences";
import { createStorage } from "@borda/storage";
import { type ServerType, serve } from "@hono/node-server";
import type { Logger } from "pino";
import type { Env } from "./env";
import { createApp, type State } from "./http/app";
import { createBatcher } from "./inference/batcher";
import { createPool } from "./inference/pool";
import { createCheckpoints } from "./serving/checkpoints";
import { createKeys } from "./serving/keys";
import { createMetrics, type Metrics } from "./serving/metrics";
import { type CheckpointRef, createOpenCheckpoints } from "./serving/open-checkpoints";
import { followPublications } from "./serving/publications";
import { createRateLimit } from "./serving/rate-limit";

export interface Scorer {
  /** Where it listens. */
  readonly url: string;
  /** Finishes the requests in flight, then ends everything. */
  stop(): Promise<void>;
}

/** Seconds of a key's rate that it may use at once. */
const burstSeconds = 4;

/**
 * Starts the scorer: HTTP, inference threads, and the watch over what is published. `program` is what a thread runs
 * (inference/thread.ts, bundled: threads do not read TypeScript).
 */
export async function startScorer(env: Env, log: Logger, program: URL): Promise<Scorer> {
  const onError = (error: unknown, doing: string) => log.warn({ err: error }, doing);
  const database = createDatabase(env.DATABASE_URL, {
    poolSize: 4,
    onConnectionError: (error) => onError(error, "database"),
  });
  const storage = createStorage(join(env.BORDA_HOME, "storage"));
  const pool = createPool({
    program,
    threads: env.BORDA_SCORER_THREADS,
    precision: env.BORDA_SCORER_PRECISION,
    coresPerThread: Math.max(1, Math.floor(availableParallelism() / env.BORDA_SCORER_THREADS)),
    onCrash(error) {
      metrics.crashed();
      log.error({ err: error }, "an inference thread died");
    },
  });
  const open = createOpenCheckpoints({
    pool,
    folderOf: (key) => storage.folder(key),
    kept: env.BORDA_SCORER_CHECKPOINTS,
    onError: (error) => onError(error, "closing a checkpoint"),
  });
  const publications = followPublications({
    read: async () => (await database.checkpoints.published()).map(refOf),
    open,
    onSwitch({ id, projectId }) {
      metrics.switched();
      log.info({ checkpoint: id, project: projectId }, "serving a newly published checkpoint");
    },
    onError,
  });
  const batcher = createBatcher(pool, { onBatch: (batch) => metrics.batch(batch) });
  const keys = createKeys({ apiKeys: database.apiKeys, onError });
  const checkpoints = createCheckpoints({
    publications,
    open,
    read: async (id) => refOf(await database.checkpoints.get(CheckpointId.parse(id))),
  });
  const metrics: Metrics = createMetrics({
    waiting: () => batcher.waiting,
    served: () => publications.all,
    open: () => open.all,
  });

  let stopping = false;
  const state = (): State => (stopping ? "stopping" : publications.known ? "ready" : "starting");
  const app = createApp({
    scoring: { checkpoints, batcher },
    keys,
    rateLimit: createRateLimit({ rate: env.BORDA_SCORER_RATE, burst: env.BORDA_SCORER_RATE * burstSeconds }),
    metrics,
    internalToken: env.BORDA_INTERNAL_TOKEN,
    maxBytes: env.BORDA_SCORER_MAX_BYTES,
    state,
    log,
  });
  const { server, url } = await listen(app.fetch, env);
  log.info({ url }, "scorer listens");
  await publications.refresh();
  await watch();

  /** Notifications make the switch prompt; where they cannot be had the poll finds it within its second. */
  async function watch(): Promise<void> {
    try {
      await database.listen("borda_published", () => void publications.refresh());
    } catch (error) {
      onError(error, "listening for publications; looking every second instead");
    }
  }

  return {
    url,
    async stop() {
      stopping = true;
      publications.close();
      await closed(server);
      await keys.close();
      await pool.end();
      await database.close();
    },
  };
}

function refOf({ id, projectId, folderKey }: Checkpoint): CheckpointRef {
  return { id, projectId, folderKey };
}

function listen(
  fetch: Parameters<typeof serve>[0]["fetch"],
  { HOST, PORT }: Env,
): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: HOST, port: PORT }, ({ port }) => {
      server.off("error", reject);
      resolve({ server, url: `http://${HOST.includes(":") ? `[${HOST}]` : HOST}:${port}` });
    });
    server.once("error", reject);
  });
}

/** Stops listening, and waits for the requests in flight. Idle keep-alive connections are closed at once. */
function closed(server: ServerType): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
