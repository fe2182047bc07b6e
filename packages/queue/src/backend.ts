import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type JobProgress,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from "bullmq";

/** Where jobs are kept: in Postgres beside the rest (schema "bullmq"), or in Redis when `redisUrl` is given. */
export interface QueueConnection {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
}

export type BullQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend, Connection>;
export type BullWorker = Worker<unknown, void, string, IQueueBackend, JobProgress, Connection>;

/** BullMQ's two lanes behind one face; nothing else in the package knows which one it is on. */
export interface Backend {
  readonly lane: "postgres" | "redis";
  queue(name: string): BullQueue;
  worker(name: string, processor: Processor<unknown, void>, options: Omit<WorkerOptions, "connection">): BullWorker;
}

type Connection = Record<string, unknown>;

export function backendOf({ databaseUrl, redisUrl }: QueueConnection): Backend {
  return redisUrl ? redis(redisUrl) : postgres(databaseUrl);
}

function postgres(databaseUrl: string): Backend {
  const factory = createPostgresBackend as unknown as BackendFactory<IQueueBackend, Connection>;
  // A pool for each queue and worker, so small; a LISTEN connection comes on top for a worker.
  const connection = {
    connectionString: databaseUrl,
    schema: "bullmq",
    migrate: true,
    max: 2,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  };
  return make(
    "postgres",
    factory,
    () => connection,
    () => connection,
  );
}

function redis(redisUrl: string): Backend {
  const factory = createRedisBackend as unknown as BackendFactory<IQueueBackend, Connection>;
  const retryStrategy = (times: number) => Math.min(times * 200, 2000);
  return make(
    "redis",
    factory,
    // A producer must not hang while Redis is away; a worker waits as long as it takes.
    () => ({ url: redisUrl, retryStrategy, maxRetriesPerRequest: 3 }),
    () => ({ url: redisUrl, retryStrategy, maxRetriesPerRequest: null }),
  );
}

function make(
  lane: Backend["lane"],
  factory: BackendFactory<IQueueBackend, Connection>,
  producer: () => Connection,
  consumer: () => Connection,
): Backend {
  const common = { prefix: "borda" };
  return {
    lane,
    queue: (name) =>
      new Queue(
        name,
        { ...common, connection: producer(), streams: { events: { maxLen: 1000 } } } satisfies QueueOptions<Connection>,
        factory,
      ),
    worker: (name, processor, options) => {
      const { telemetry: _, ...rest } = options;
      return new Worker(
        name,
        processor,
        { ...common, ...rest, connection: consumer() } satisfies WorkerOptions<Connection>,
        factory,
      );
    },
  };
}

/** Closes a queue or worker; one whose store is away would wait for it, and is cut off after 5 s. */
export async function shut(end: BullQueue | BullWorker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const cutOff = new Promise<void>((resolve) => {
    timer = setTimeout(() => resolve(end.disconnect()), 5000);
  });
  await Promise.race([end.close(), cutOff]);
  clearTimeout(timer);
}
