import { CheckpointId, EvaluationReport, PairedDifference, Recipe, RunEvent, RunId } from "@borda/preferences";
import { z } from "zod";

/** What the child needs to train a run; it has no database. */
export const TrainingPlan = z.object({
  runId: RunId,
  dataHash: z.string(),
  recipe: Recipe,
  /** Paths of the run's folder. */
  groups: z.string(),
  resume: z.string(),
  checkpoint: z.string(),
  result: z.string(),
  /** Folder of the features that outlive the run. */
  features: z.string(),
  /** The home whose TensorFlow is used, where it is set up. */
  tensorflowHome: z.string(),
  /** Folder of the checkpoint to be compared with on the same held-out prompts, if one is published. */
  baseline: z.string().nullable(),
  /** Folder of the checkpoint to start from; null for the recipe's backbone. */
  start: z.string().nullable(),
  /** Where the recipe's backbone lies; null for one that is found by its own name. */
  backboneFolder: z.string().nullable(),
  saveEverySeconds: z.number().positive(),
});
export type TrainingPlan = z.infer<typeof TrainingPlan>;

/** What a training came to, kept in its folder until the run has ended. */
export const TrainingResult = z.object({
  checkpointId: CheckpointId,
  sha256: z.string(),
  report: EvaluationReport,
  baselineReport: EvaluationReport.nullable(),
  /** What it reaches more than the baseline; null without one. */
  paired: PairedDifference.nullable(),
});
export type TrainingResult = z.infer<typeof TrainingResult>;

/** To the child. */
export const Order = z.discriminatedUnion("type", [
  z.object({ type: z.literal("train"), plan: TrainingPlan }),
  /** Save and end. */
  z.object({ type: z.literal("stop") }),
]);
export type Order = z.infer<typeof Order>;

/** From the child. */
export const Report = z.discriminatedUnion("type", [
  z.object({ type: z.literal("event"), event: RunEvent }),
  z.object({ type: z.literal("done"), result: TrainingResult }),
  /** As ordered; the state is saved. */
  z.object({ type: z.literal("stopped") }),
  z.object({ type: z.literal("failed"), message: z.string(), stack: z.string() }),
]);
export type Report = z.infer<typeof Report>;
