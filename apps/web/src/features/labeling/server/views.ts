import { CompletionId, ProjectId, Prompt, TaskId } from "@borda/preferences";
import { z } from "zod";

/**
 * What a labeler's browser may know. Outputs are parsed by these schemas, and zod drops what they do not name: a model's
 * name or an imported tier cannot slip through, whatever a repository returns.
 */
export const TaskView = z.object({
  taskId: TaskId,
  /** Seconds until others may take it, as the server counts: clocks of browsers differ. */
  leaseSeconds: z.number(),
  prompt: Prompt,
  completions: z.array(z.object({ id: CompletionId, text: z.string() })),
});
export type TaskView = z.infer<typeof TaskView>;

export const ProgressView = z.object({
  done: z.number().int(),
  skipped: z.number().int(),
  /** Prompts that this labeler may still rank, the one in hand included. */
  remaining: z.number().int(),
});
export type ProgressView = z.infer<typeof ProgressView>;

export const ProjectView = z.object({ projectId: ProjectId, name: z.string(), guidelines: z.string() });
export type ProjectView = z.infer<typeof ProjectView>;

export function secondsUntil(moment: Date): number {
  return Math.max(0, (moment.getTime() - Date.now()) / 1000);
}
