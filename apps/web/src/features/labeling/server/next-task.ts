import { labelerProcedure } from "@/server/trpc";
import { secondsUntil, TaskView } from "./views";

/** The task in the labeler's hand, or the next one, leased; null when nothing is left for them. A mutation: it leases. */
export const nextTask = labelerProcedure.output(TaskView.nullable()).mutation(async ({ ctx, input }) => {
  const task = await ctx.database.tasks.next({ projectId: input.projectId, labelerId: ctx.labelerId });
  if (!task) return null;
  const { taskId, prompt, completions, leaseExpiresAt } = task;
  return { taskId, prompt, completions: [...completions], leaseSeconds: secondsUntil(leaseExpiresAt) };
});
