import type { InputOf, JobDefinition } from "./define-job";
import type { JobName, Jobs } from "./jobs";

/** One delivery of a job, as its handler sees it. */
export interface Delivery {
  readonly jobId: string;
  /** Different for every delivery, also of the same job: fit to hold a lease by. */
  readonly deliveryId: string;
  /** 1 for the first; deliveries that were postponed, stopped or stalled do not count. */
  readonly attempt: number;
  /** Whether a failure now is final. */
  readonly lastAttempt: boolean;
  /** Aborts with WorkerStopping or DeliveryLost as its reason. */
  readonly signal: AbortSignal;
}

/**
 * Does a job. It may be delivered more than once, so it must be idempotent. Returning completes the job; throwing
 * fails the attempt, but for Postponed and PermanentFailure, and for anything thrown while the worker stops.
 */
export type Handler<J extends JobDefinition, Services = unknown> = (
  input: InputOf<J>,
  context: Delivery & Services,
) => Promise<void>;

/** A handler for every job: a forgotten one does not compile. */
export type Handlers<Services = unknown> = { readonly [Name in JobName]: Handler<Jobs[Name], Services> };
