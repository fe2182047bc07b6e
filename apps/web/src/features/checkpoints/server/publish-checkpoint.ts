import { CheckpointId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Serves this checkpoint from now on; the scorer follows within two seconds. */
export const publishCheckpoint = adminProcedure
  .input(z.object({ checkpointId: CheckpointId }))
  .output(z.object({ checkpointId: CheckpointId }))
  .mutation(async ({ ctx, input: { checkpointId } }) => {
    await ctx.database.checkpoints.publish({ checkpointId, reason: "published by hand", publishedBy: ctx.user.id });
    return { checkpointId };
  });
