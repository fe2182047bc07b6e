import { ProjectId, PublishRule, RetrainRule } from "@borda/preferences";
import { z } from "zod";
import { ProjectForm } from "@/features/projects/views";

/** Minutes for which a task is held for the labeler who has it. */
export const LeaseMinutes = z
  .int()
  .min(1, "At least one minute.")
  .max(24 * 60, "At most a day.");

/** A project's settings as the pages show and change them. */
export const ProjectSettings = z.object({
  projectId: ProjectId,
  ...ProjectForm.shape,
  leaseMinutes: LeaseMinutes,
  retrainRule: RetrainRule,
  publishRule: PublishRule,
  /** When a cron rule comes next; null for the others. */
  nextRetraining: z.date().nullable(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
});
export type ProjectSettings = z.infer<typeof ProjectSettings>;

/** What deleting a project would take with it. */
export const Losses = z.object({
  prompts: z.int(),
  completions: z.int(),
  rankings: z.int(),
  checkpoints: z.int(),
  apiKeys: z.int(),
});
export type Losses = z.infer<typeof Losses>;
