import { rm } from "node:fs/promises";
import { NotFound, type Run, RunLost } from "@borda/database";
import type { RunId } from "@borda/preferences";
import {
  considerRetraining,
  type Delivery,
  type Handler,
  PermanentFailure,
  Postponed,
  type trainRewardModel,
} from "@borda/queue";
import { failureOf, RemediableError } from "../failure";
import { isOutage } from "../outage";
import type { Services } from "../services";
import { carryOut } from "../training/carry-out";
import { TrainingFailed } from "../training/child-process";
import { CancelRequested, holdLease, type Lease } from "../training/lease";
import { createRecorder, type Recorder } from "../training/recorder";
import { type RunFolder, runFolderOf } from "../training/run-folder";

/**
 * Trains a run to its end: EVALUATED, PUBLISHED, CANCELLED or FAILED. A delivery that is cut short (the worker stops or
 * dies, Postgres is away for long) leaves it RUNNING, and the next goes on from the last save. Two deliveries never
 * work on one run: whoever works holds its lease, in the database.
 */
export const handle: Handler<typeof trainRewardModel, Services> = async ({ runId }, context) => {
  const { database, queue, training, log, deliveryId: holder } = context;
  const folder = runFolderOf(training.runsFolder, runId);
  const run = await claim(runId, context);
  if (run) {
    const lease = holdLease(database, runId, { holder, ...training, log });
    const recorder = createRecorder(database, runId, { holder, log });
    const signal = AbortSignal.any([context.signal, lease.signal]);
    try {
      if (run.cancelRequested) throw new CancelRequested();
      const ended = await carryOut({ ...context, run, holder, folder, recorder, signal });
      log.info({ runId, state: ended.state }, "run ended");
    } catch (error) {
      await settle(error, { ...context, run, lease, recorder, folder });
    } finally {
      lease.end();
      recorder.close();
    }
  }
  await rm(folder.root, { recursive: true, force: true });
  const { projectId } = await database.runs.get(runId);
  await queue.add(considerRetraining, { projectId, because: "new-comparisons" });
};

/** The run, if there is something to do; null when it has ended. Throws Postponed while another holds it. */
async function claim(runId: RunId, { database, training, deliveryId }: Services & Delivery): Promise<Run | null> {
  const run = await database.runs.claim(runId, deliveryId, training.leaseSeconds);
  if (run) return run;
  const present = await database.runs.get(runId).catch((error: unknown) => {
    throw error instanceof NotFound ? new PermanentFailure(error) : error;
  });
  if (present.state === "RUNNING" || present.state === "QUEUED")
    throw new Postponed(training.heartbeatSeconds, "another delivery holds the run");
  return null;
}

interface Interrupted extends Services, Delivery {
  readonly run: Run;
  readonly lease: Lease;
  readonly recorder: Recorder;
  readonly folder: RunFolder;
}

/** Returns when the run has ended as CANCELLED; otherwise throws what the queue is to know. */
async function settle(error: unknown, interrupted: Interrupted): Promise<void> {
  const { database, run, lease, recorder, folder, signal, lastAttempt, deliveryId: holder, log } = interrupted;
  const wantsCancel = error instanceof CancelRequested || lease.signal.reason instanceof CancelRequested;
  try {
    if (wantsCancel) {
      await recorder.flush();
      await database.runs.cancelled(run.id, holder);
      log.info({ runId: run.id }, "run cancelled");
      return;
    }
    if (signal.aborted) {
      await recorder.flush();
      throw error;
    }
    const permanent =
      error instanceof TrainingFailed || (error instanceof RemediableError && error.code !== "TRAINING_KILLED");
    if (error instanceof RunLost || lease.signal.aborted || isOutage(error)) throw error;
    const failure = failureOf(error);
    const final = permanent || lastAttempt;
    const message = final ? failure.error : `${failure.error} Trying again from the last save.`;
    recorder.add({ type: "log", level: "error", message });
    await recorder.flush();
    if (!final) throw error;
    log.error({ runId: run.id, err: error }, "run failed");
    await database.runs.fail(run.id, holder, failure);
    await rm(folder.root, { recursive: true, force: true });
    throw permanent ? new PermanentFailure(error) : error;
  } catch (thrown) {
    await lease.release();
    // Neither is a failure of the run: it goes on where it stands as soon as it can.
    if (thrown instanceof RunLost || isOutage(thrown))
      throw new Postponed(interrupted.training.heartbeatSeconds, (thrown as Error).message);
    throw thrown;
  }
}
