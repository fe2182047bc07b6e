import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { availableParallelism, constants, setPriority, totalmem } from "node:os";
import type { CheckpointId, EvaluationReport } from "@borda/preferences";
import {
  chooseRuntime,
  evaluate,
  judge,
  measure,
  pairedDifference,
  RewardModelError,
  RunCancelled,
  type TrainOptions,
  train,
  verifyCheckpoint,
} from "@borda/reward-model";
import { Order, type Report, type TrainingPlan, type TrainingResult } from "./training/protocol";
import { readSnapshot, type SplitGroups } from "./training/snapshot";
import { writeWhole } from "./training/whole-file";

// The entry of the training process. Its parent is the worker: orders and reports go over IPC, and without the parent
// there is nobody to train for.
const stopping = new AbortController();
/** The fastest that is set up; products as exact as float32, for rewards that do not depend on the machine. */
const WISH = { executor: "auto", device: "auto", precision: "float32" } as const;
process.on("disconnect", () => process.exit(1));
// Ctrl-C reaches the whole terminal group; the worker decides what it means.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
// People rank while it trains: pages come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

process.on("message", (message) => {
  const order = Order.parse(message);
  if (order.type === "stop") stopping.abort();
  else void run(order.plan);
});

async function run(plan: TrainingPlan): Promise<void> {
  const report = await finish(plan).then(
    (result): Report => ({ type: "done", result }),
    (error: unknown): Report => {
      if (error instanceof RunCancelled || stopping.signal.aborted) return { type: "stopped" };
      const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
      return { type: "failed", message, stack };
    },
  );
  tell(report, () => process.disconnect());
}

/** Trains unless an earlier process got that far, then judges the baseline on the same held-out prompts. */
async function finish(plan: TrainingPlan): Promise<TrainingResult> {
  const groups = await readSnapshot(plan.groups);
  const before = (await isThere(plan.checkpoint)) ? null : await trained(plan, groups);
  stopping.signal.throwIfAborted();
  const measured = await measuredOf(plan, groups, before);
  const { hash: sha256 } = await verifyCheckpoint(plan.checkpoint);
  const result = { checkpointId: randomUUID() as CheckpointId, sha256, ...measured };
  await writeWhole(plan.result, JSON.stringify(result));
  return result;
}

/** The checkpoint's figures, and beside a baseline both models' on the very same prompts, as they would be served. */
async function measuredOf(
  { checkpoint, baseline }: TrainingPlan,
  { heldOut }: SplitGroups,
  report: EvaluationReport | null,
) {
  const options = { threads: threadsHere(), signal: stopping.signal };
  if (baseline === null)
    return { report: report ?? (await evaluate(checkpoint, heldOut, options)), baselineReport: null, paired: null };
  const judged = await judge(checkpoint, heldOut, options);
  const beside = await judge(baseline, heldOut, options);
  return { report: measure(judged), baselineReport: measure(beside), paired: pairedDifference(judged, beside) };
}

async function trained(plan: TrainingPlan, groups: SplitGroups): Promise<EvaluationReport> {
  const { recipe, checkpoint, resume, start, backboneFolder, saveEverySeconds, runId, dataHash } = plan;
  const { runtime, reasons } = await chooseRuntime(WISH, plan.tensorflowHome);
  tell({ type: "event", event: { type: "log", level: "info", message: reasons[0]! } });
  const options: TrainOptions = {
    groups,
    runtime,
    recipe,
    out: checkpoint,
    resumeDir: resume,
    featureCache: { folder: plan.features },
    saveEverySeconds,
    threads: threadsHere(),
    ...(start === null ? {} : { start }),
    ...(backboneFolder === null ? {} : { backboneFolder }),
    signal: stopping.signal,
    onEvent: (event) => tell({ type: "event", event }),
    provenance: { runId, dataHash },
  };
  try {
    return (await train(options)).eval;
  } catch (error) {
    if (!(error instanceof RewardModelError && error.code === "WRONG_RESUME_STATE")) throw error;
    const message =
      "The state that was saved is of another recipe, data, backbone or version; the training begins anew.";
    tell({ type: "event", event: { type: "log", level: "warn", message } });
    await rm(resume, { recursive: true, force: true });
    return (await train(options)).eval;
  }
}

/** All cores, but no more than one for each GiB of memory this process may use: each has scratch space of its own. */
function threadsHere(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(memory / 2 ** 30)));
}

function tell(report: Report, sent: () => void = () => {}): void {
  // The parent may be gone; "disconnect" ends the process then.
  process.send?.(report, undefined, undefined, sent);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
