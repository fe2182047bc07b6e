import { CheckpointId, ProjectId, PublishRule, Recipe, RetrainRule, RunId } from "@borda/preferences";
import { z } from "zod";

export const RunState = z.enum(["QUEUED", "RUNNING", "EVALUATED", "PUBLISHED", "CANCELLED", "FAILED"]);
export type RunState = z.infer<typeof RunState>;

/** A training as its pages show it. `step` of `steps`; `error` and `remedy` when it failed. */
export const RunSummary = z.object({
  id: RunId,
  projectId: ProjectId,
  state: RunState,
  trigger: z.enum(["manual", "comparisons", "cron"]),
  recipe: Recipe,
  baselineId: CheckpointId.nullable(),
  dataHash: z.string().nullable(),
  trainPrompts: z.int().nullable(),
  heldOutPrompts: z.int().nullable(),
  comparisons: z.int().nullable(),
  step: z.int(),
  steps: z.int().nullable(),
  error: z.string().nullable(),
  remedy: z.string().nullable(),
  cancelRequested: z.boolean(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  checkpointId: CheckpointId.nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** Whether a run may still change by itself. */
export function isActive(state: RunState): boolean {
  return state === "QUEUED" || state === "RUNNING";
}

/** Whether a run will never change again; an evaluated one may still be published. */
export function isSettled(state: RunState): boolean {
  return !isActive(state) && state !== "EVALUATED";
}

/** What a training started now would use, and what holds it up. */
export const TrainingPlan = z.object({
  rankings: z.int(),
  trainPrompts: z.int(),
  heldOutPrompts: z.int(),
  comparisons: z.int(),
  trainComparisons: z.int(),
  /** Tied pairs, which no comparison is. */
  ties: z.int(),
  trainTies: z.int(),
  newComparisons: z.int(),
});
export type TrainingPlan = z.infer<typeof TrainingPlan>;

/** What the training page starts from. */
export const TrainingDesk = z.object({
  recipe: Recipe,
  retrainRule: RetrainRule,
  publishRule: PublishRule,
  publishedId: CheckpointId.nullable(),
  /** At most. */
  completionsAPrompt: z.int(),
  active: RunSummary.nullable(),
});
export type TrainingDesk = z.infer<typeof TrainingDesk>;
