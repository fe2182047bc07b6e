import { TaskId } from "@borda/preferences";
import { z } from "zod";
import { labelerProcedure } from "@/server/trpc";
import { secondsUntil } from "./views";

/** Starts the lease anew for a labeler who is still at it; ends with LEASE_LAPSED when the task went to others. */
export const renewLease = labelerProcedure
  .input(z.object({ taskId: TaskId }))
  .output(z.object({ leaseSeconds: z.number() }))
  .mutation(async ({ ctx, input }) => {
    const { leaseExpiresAt } = await ctx.database.tasks.renew(input.taskId, ctx.labelerId);
    return { leaseSeconds: secondsUntil(leaseExpiresAt) };
  });
