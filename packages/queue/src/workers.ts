import { DelayedError, type Job, type Processor, UnrecoverableError, WaitingError } from "bullmq";
import { type Backend, type BullWorker, backendOf, type QueueConnection, shut } from "./backend";
import { DeliveryLost, InvalidJobInput, PermanentFailure, Postponed, WorkerStopping } from "./errors";
import type { Delivery, Handlers } from "./handler";
import { type JobName, jobs } from "./jobs";
import { parsed } from "./queue";

/** What happened to a job or to the connection; for the log. */
export type WorkerEvent =
  | { readonly type: "started" | "completed"; readonly job: JobName; readonly jobId: string; readonly attempt: number }
  | {
      readonly type: "failed";
      readonly job: JobName;
      readonly jobId: string | undefined;
      readonly input: unknown;
      readonly error: Error;
      /** It will not be delivered again. */
      readonly final: boolean;
    }
  | {
      readonly type: "postponed";
      readonly job: JobName;
      readonly jobId: string;
      readonly seconds: number;
      readonly why: string;
    }
  | { readonly type: "returned"; readonly job: JobName; readonly jobId: string }
  | { readonly type: "stalled"; readonly job: JobName; readonly jobId: string }
  | { readonly type: "error"; readonly job: JobName; readonly error: Error };

export interface WorkersOptions<Services> extends QueueConnection {
  readonly handlers: Handlers<Services>;
  /** Given to every handler beside its delivery. */
  readonly services: Services;
  /** Jobs of a kind at once in this process; 1 without an entry. */
  readonly concurrency?: Partial<Record<JobName, number>>;
  readonly onEvent?: (event: WorkerEvent) => void;
  /** How long a silent delivery keeps its job; tests make it short. Default 15 s, looked after every third of it. */
  readonly lockSeconds?: number;
}

export interface Workers {
  /** Resolves when every kind of job is served; waits out a store that is not up yet. */
  readonly ready: Promise<void>;
  /** Aborts the running handlers with WorkerStopping, waits for them, gives their jobs back, and disconnects. */
  close(): Promise<void>;
}

/**
 * Serves every job. A job whose process is killed comes back after its lock (15 s) has lapsed and two looks (5 s each)
 * found it so. A lost store is waited for.
 */
export function createWorkers<Services>(options: WorkersOptions<Services>): Workers {
  const backend = backendOf(options);
  const stopping = new AbortController();
  const handling = new Set<Promise<void>>();
  const opened = (Object.keys(jobs) as JobName[]).map((name) =>
    serve(backend, { name, options, stopping: stopping.signal, handling }),
  );
  const ready = Promise.all(opened).then(() => {});
  ready.catch(() => {}); // closed before it was ready; whoever awaits `ready` still sees it
  return {
    ready,
    async close() {
      stopping.abort(new WorkerStopping());
      const workers = await Promise.allSettled(opened);
      await Promise.allSettled(handling);
      await Promise.all(workers.map((worker) => (worker.status === "fulfilled" ? shut(worker.value) : undefined)));
    },
  };
}

/** One kind of job in this process. */
interface Service<Services> {
  readonly name: JobName;
  readonly options: WorkersOptions<Services>;
  readonly stopping: AbortSignal;
  /** The handlers that run now, of every kind. */
  readonly handling: Set<Promise<void>>;
}

async function serve<Services>(backend: Backend, service: Service<Services>): Promise<BullWorker> {
  const { name, options, stopping } = service;
  const { onEvent = () => {}, lockSeconds = 15, concurrency = {} } = options;
  const onError = (error: Error) => onEvent({ type: "error", job: name, error });
  const stopped = aborted(stopping);
  stopped.catch(() => {}); // it is raced below
  for (;;) {
    stopping.throwIfAborted();
    const process: Processor<unknown, void> = (job, token, signal) => deliver(service, job, token, signal);
    const worker: BullWorker = backend.worker(name, process, {
      autorun: false,
      concurrency: concurrency[name] ?? 1,
      lockDuration: lockSeconds * 1000,
      stalledInterval: (lockSeconds * 1000) / 3,
      runRetryDelay: 1000,
      // An outage of the store counts as a stall too: only a job that never survives is given up.
      maxStalledCount: 20,
    });
    worker.on("error", onError);
    worker.on("stalled", (jobId) => onEvent({ type: "stalled", job: name, jobId }));
    worker.on("lockRenewalFailed", (ids) => {
      for (const id of ids) worker.cancelJob(id, lost);
    });
    worker.on("failed", (job, error) => onEvent(failureOf(name, job, error)));
    try {
      await Promise.race([worker.waitUntilReady(), stopped]);
    } catch (error) {
      if (!stopping.aborted) onError(error as Error);
      await worker.close(true);
      await pause(1000, stopping);
      continue;
    }
    worker.run().catch(onError);
    return worker;
  }
}

const lost = "the queue has taken the job back";

/** Runs a handler, and turns what it throws into BullMQ's words. */
async function deliver<Services>(
  { name, options, stopping, handling }: Service<Services>,
  job: Job<unknown, void>,
  token: string | undefined,
  lockLost: AbortSignal | undefined,
): Promise<void> {
  const { onEvent = () => {}, handlers, services } = options;
  const jobId = job.id ?? "";
  const attempt = job.attemptsMade + 1;
  const gone = new AbortController();
  lockLost?.addEventListener("abort", () => gone.abort(new DeliveryLost(jobId)), { once: true });
  const delivery: Delivery = {
    jobId,
    deliveryId: `${token}`,
    attempt,
    lastAttempt: attempt >= (job.opts.attempts ?? 1),
    signal: AbortSignal.any([stopping, gone.signal]),
  };
  onEvent({ type: "started", job: name, jobId, attempt });
  try {
    // The table is total and typed; only the pairing of one name with its own handler is beyond the compiler.
    const handle = handlers[name] as (input: unknown, context: Delivery & Services) => Promise<void>;
    const handled = handle(parsed(jobs[name], job.data), { ...services, ...delivery });
    handling.add(handled);
    await handled.finally(() => handling.delete(handled));
    onEvent({ type: "completed", job: name, jobId, attempt });
  } catch (error) {
    if (stopping.aborted && !gone.signal.aborted) {
      await job.moveToWait(token);
      onEvent({ type: "returned", job: name, jobId });
      throw new WaitingError();
    }
    if (error instanceof Postponed) {
      await job.moveToDelayed(Date.now() + error.seconds * 1000, token);
      onEvent({ type: "postponed", job: name, jobId, seconds: error.seconds, why: error.message });
      throw new DelayedError();
    }
    if (error instanceof PermanentFailure || error instanceof InvalidJobInput)
      throw Object.assign(new UnrecoverableError(error.message), {
        cause: error instanceof PermanentFailure ? error.cause : error,
      });
    throw error;
  }
}

function failureOf(name: JobName, job: Job<unknown, void> | undefined, thrown: Error): WorkerEvent {
  const final = thrown instanceof UnrecoverableError || !job || job.attemptsMade >= (job.opts.attempts ?? 1);
  // BullMQ's own error only says that it is final; the reason is its cause.
  const error = thrown instanceof UnrecoverableError && thrown.cause instanceof Error ? thrown.cause : thrown;
  return { type: "failed", job: name, jobId: job?.id, input: job?.data, error, final };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
