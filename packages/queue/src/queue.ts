import { randomUUID } from "node:crypto";
import type { JobsOptions } from "bullmq";
import { type Backend, type BullQueue, backendOf, type QueueConnection, shut } from "./backend";
import type { InputOf, JobDefinition } from "./define-job";
import { InvalidJobInput, QueueUnreachable } from "./errors";
import { checkSchedule, type Schedule } from "./schedule";

export interface AddOptions {
  /** Not before so many seconds from now. */
  readonly delaySeconds?: number;
}

export type JobState = "waiting" | "delayed" | "running" | "absent";

/**
 * The producer's side. Connects on first use, and again after an outage. Every method but `close` throws
 * QueueUnreachable when the store does not answer within 10 s.
 */
export interface Queue {
  /** Adds a job unless one of its concurrency key waits or runs; the id of the one or the other. Throws InvalidJobInput. */
  add<J extends JobDefinition>(
    job: J,
    input: InputOf<J>,
    options?: AddOptions,
  ): Promise<{ jobId: string; added: boolean }>;
  /** Where the job of this input's concurrency key stands. */
  state<J extends JobDefinition>(job: J, input: InputOf<J>): Promise<JobState>;
  /**
   * Takes back a job that has not started. A running job is not touched ("running"): say in the database that it is
   * cancelled, its handler looks there.
   */
  cancel<J extends JobDefinition>(job: J, input: InputOf<J>): Promise<"removed" | "running" | "absent">;
  /** Adds the job at every time of a schedule; replaces the schedule of this id. Throws InvalidSchedule, InvalidJobInput. */
  schedule<J extends JobDefinition>(job: J, id: string, schedule: Schedule, input: InputOf<J>): Promise<{ next: Date }>;
  /** Ends a schedule; false if there was none. */
  unschedule(job: JobDefinition, id: string): Promise<boolean>;
  /** The schedules of a job by id. */
  schedules(job: JobDefinition): Promise<Map<string, Schedule & { readonly next: Date }>>;
  close(): Promise<void>;
}

export interface QueueOptions extends QueueConnection {
  /** Told of lost connections, which mend themselves; a failed call throws besides. */
  readonly onError?: (error: Error) => void;
}

const answerWithinMs = 10_000;
const keptDays = { completed: 1, failed: 14 };

export function createQueue({ onError = () => {}, ...connection }: QueueOptions): Queue {
  const backend = backendOf(connection);
  const open = new Map<string, { queue: BullQueue; ready: Promise<void> }>();

  const queueOf = async (job: JobDefinition): Promise<BullQueue> => {
    const known = open.get(job.name);
    const { queue, ready } = known ?? openQueue(backend, job.name, onError);
    if (!known) open.set(job.name, { queue, ready });
    try {
      await ready;
      return queue;
    } catch (error) {
      // BullMQ remembers a failed start for good, so the next question begins with a new one.
      if (open.get(job.name)?.queue === queue) {
        open.delete(job.name);
        await shut(queue);
      }
      throw error;
    }
  };
  const ask = <T>(job: JobDefinition, question: (queue: BullQueue) => Promise<T>): Promise<T> =>
    answered(backend, async () => question(await queueOf(job)));

  const find = async (queue: BullQueue, key: string) => {
    const id = await queue.getDeduplicationJobId(key);
    const job = id === null ? undefined : await queue.getJob(id);
    return job && { job, state: stateNames[await job.getState()] ?? "absent" };
  };

  return {
    add: async (job, input, options = {}) => {
      const data = parsed(job, input);
      return ask(job, async (queue) => {
        // An id of ours and not the store's next number: it is told whose job the answer is.
        const jobId = randomUUID();
        const { id = jobId } = await queue.add(job.name, data, { ...jobOptions(job, data, options), jobId });
        return { jobId: id, added: id === jobId };
      });
    },
    state: async (job, input) => {
      const key = job.concurrencyKey(parsed(job, input));
      return ask(job, async (queue) => (await find(queue, key))?.state ?? "absent");
    },
    cancel: async (job, input) => {
      const key = job.concurrencyKey(parsed(job, input));
      return ask(job, async (queue) => {
        const found = await find(queue, key);
        if (!found || found.state === "absent") return "absent";
        if (found.state === "running") return "running";
        // Between the look and the removal it may have started, and a running job cannot be removed.
        const removed = await found.job.remove().then(
          () => true,
          () => false,
        );
        return removed ? "removed" : (await find(queue, key))?.state === "running" ? "running" : "absent";
      });
    },
    schedule: async (job, id, schedule, input) => {
      const next = checkSchedule(schedule);
      const data = parsed(job, input);
      return ask(job, async (queue) => {
        await queue.upsertJobScheduler(
          id,
          { pattern: schedule.pattern, tz: schedule.timezone },
          { name: job.name, data, opts: retries(job) },
        );
        return { next };
      });
    },
    unschedule: (job, id) => ask(job, (queue) => queue.removeJobScheduler(id)),
    schedules: (job) =>
      ask(job, async (queue) => {
        const found = await queue.getJobSchedulers();
        return new Map(
          found.map(({ key, pattern, tz, next }) => [
            key,
            { pattern: pattern ?? "", timezone: tz ?? "UTC", next: new Date(next ?? 0) },
          ]),
        );
      }),
    close: async () => {
      await Promise.all([...open.values()].map(({ queue }) => shut(queue)));
      open.clear();
    },
  };
}

const stateNames: Record<string, JobState> = {
  waiting: "waiting",
  prioritized: "waiting",
  delayed: "delayed",
  active: "running",
};

export function parsed<J extends JobDefinition>(job: J, input: unknown): InputOf<J> {
  const result = job.input.safeParse(input);
  if (!result.success) throw new InvalidJobInput(job.name, result.error);
  return result.data as InputOf<J>;
}

function retries(job: JobDefinition) {
  return {
    attempts: job.attempts,
    backoff: { type: "exponential", delay: job.backoffSeconds * 1000 },
    removeOnComplete: { age: keptDays.completed * 86_400, count: 1000 },
    removeOnFail: { age: keptDays.failed * 86_400, count: 1000 },
  };
}

function jobOptions(job: JobDefinition, data: unknown, { delaySeconds = 0 }: AddOptions): JobsOptions {
  return {
    ...retries(job),
    delay: delaySeconds * 1000,
    deduplication: { id: job.concurrencyKey(data), keepLastIfActive: job.whileRunning === "again" },
  };
}

function openQueue(backend: Backend, name: string, onError: (error: Error) => void) {
  const queue = backend.queue(name);
  queue.on("error", onError);
  return { queue, ready: queue.waitUntilReady() };
}

/** The answer, or QueueUnreachable when the connection fails or the store stays silent. */
async function answered<T>(backend: Backend, question: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueueUnreachable(backend.lane, undefined)), answerWithinMs);
  });
  try {
    return await Promise.race([question(), silence]);
  } catch (error) {
    throw isOutage(error) ? new QueueUnreachable(backend.lane, error) : error;
  } finally {
    clearTimeout(timer);
  }
}

const outages =
  /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|Connection (is closed|terminated|ended)|timeout|max retries per request/i;

/** Whether an error says that the store is away, not that it refuses. Postgres: class 08 and 57P0x (SQLSTATE). */
function isOutage(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (typeof code === "string" && /^(08|57P0)/.test(code)) || outages.test(`${code} ${message}`);
}
