import { TaskId } from "@borda/preferences";
import { z } from "zod";
import { labelerProcedure } from "@/server/trpc";
import { skipReasons } from "../skip-reasons";

/** Gives the task back with a reason; its prompt is not offered to this labeler again. */
export const skipTask = labelerProcedure
  .input(
    z.object({
      taskId: TaskId,
      reason: z.enum(skipReasons.map(({ value }) => value)),
      note: z.string().trim().max(2_000).default(""),
    }),
  )
  .output(z.object({ skipped: z.literal(true) }))
  .mutation(async ({ ctx, input: { taskId, reason, note } }) => {
    await ctx.database.tasks.skip({ taskId, labelerId: ctx.labelerId, reason, note });
    return { skipped: true };
  });
