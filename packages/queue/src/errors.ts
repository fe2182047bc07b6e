import { z } from "zod";

/** What the queue could not do; `code` is stable, the message says what to do. */
export abstract class QueueError extends Error {
  abstract readonly code: string;
}

/** The job's input does not fit its definition: a mistake of the caller, or of another version of Borda. */
export class InvalidJobInput extends QueueError {
  readonly code = "INVALID_JOB_INPUT";
  constructor(
    readonly job: string,
    error: z.ZodError,
  ) {
    super(`The input of ${job} is wrong: ${z.prettifyError(error)}. Run web and worker in the same version.`, {
      cause: error,
    });
    this.name = "InvalidJobInput";
  }
}

export class InvalidSchedule extends QueueError {
  readonly code = "INVALID_SCHEDULE";
  constructor(problem: string) {
    super(
      `${problem} Write minute, hour, day of month, month and day of week, such as "0 3 * * 1" for Mondays at 3:00, and an IANA time zone such as Europe/Vienna.`,
    );
    this.name = "InvalidSchedule";
  }
}

export class QueueUnreachable extends QueueError {
  readonly code = "QUEUE_UNREACHABLE";
  constructor(
    readonly lane: "postgres" | "redis",
    cause: unknown,
  ) {
    const remedy =
      lane === "postgres" ? "check that Postgres runs and DATABASE_URL" : "check that Redis runs and REDIS_URL";
    super(`The job queue does not answer: ${remedy}, and try again.`, { cause });
    this.name = "QueueUnreachable";
  }
}

// ---- what a handler throws to steer its job --------------------------------------------------------------------

/** Thrown by a handler: deliver the job again in `seconds`, without counting this attempt. */
export class Postponed extends Error {
  constructor(
    readonly seconds: number,
    why: string,
  ) {
    super(why);
    this.name = "Postponed";
  }
}

/** Thrown by a handler: the job failed for a reason that trying again will not change. `cause` is the reason. */
export class PermanentFailure extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = "PermanentFailure";
  }
}

// ---- why a handler's signal aborts -----------------------------------------------------------------------------

/** The worker stops: save, stop and throw; the job goes back to the queue and the attempt does not count. */
export class WorkerStopping extends Error {
  constructor() {
    super("The worker is stopping; the job goes back to the queue.");
    this.name = "WorkerStopping";
  }
}

/** The queue gave this job to another delivery, because its heartbeat did not arrive in time: stop at once. */
export class DeliveryLost extends Error {
  constructor(jobId: string) {
    super(`The queue has taken job ${jobId} back, because its heartbeat did not arrive in time.`);
    this.name = "DeliveryLost";
  }
}
