import { CheckpointId, ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Serves again what was served before the present checkpoint. */
export const rollBack = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.object({ checkpointId: CheckpointId }))
  .mutation(async ({ ctx, input: { projectId } }) => ({
    checkpointId: await ctx.database.checkpoints.rollback({ projectId, publishedBy: ctx.user.id }),
  }));
