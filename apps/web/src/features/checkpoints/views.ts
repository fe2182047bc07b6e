import {
  CheckpointId,
  EvaluationReport,
  PairedDifference,
  ProjectId,
  PublishRule,
  Recipe,
  RunId,
} from "@borda/preferences";
import { z } from "zod";

/** A checkpoint with all that made it. `baselineReport`: of the one published then, on the SAME held-out prompts. */
export const CheckpointView = z.object({
  id: CheckpointId,
  projectId: ProjectId,
  runId: RunId,
  published: z.boolean(),
  /** Whether it was ever served. */
  served: z.boolean(),
  sha256: z.string(),
  bytes: z.int(),
  report: EvaluationReport,
  baselineId: CheckpointId.nullable(),
  baselineReport: EvaluationReport.nullable(),
  /** What it reaches more than the baseline on those prompts; null too where it was measured before this was kept. */
  paired: PairedDifference.nullable(),
  recipe: Recipe,
  dataHash: z.string().nullable(),
  trainPrompts: z.int().nullable(),
  heldOutPrompts: z.int().nullable(),
  comparisons: z.int().nullable(),
  createdAt: z.date(),
});
export type CheckpointView = z.infer<typeof CheckpointView>;

/** One entry of what was served, and why. */
export const PublicationView = z.object({
  id: z.int(),
  checkpointId: CheckpointId,
  reason: z.string(),
  publishedBy: z.string().nullable(),
  createdAt: z.date(),
});
export type PublicationView = z.infer<typeof PublicationView>;

export const CheckpointShelf = z.object({
  checkpoints: z.array(CheckpointView),
  history: z.array(PublicationView),
  publishRule: PublishRule,
});
export type CheckpointShelf = z.infer<typeof CheckpointShelf>;

/** How a checkpoint is named where its whole id is too long. */
export function shortId(id: string): string {
  return id.slice(-8);
}
