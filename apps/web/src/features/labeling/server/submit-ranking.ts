import { CompletionId, RankingId, TaskId } from "@borda/preferences";
import { z } from "zod";
import { labelerProcedure } from "@/server/trpc";

/**
 * Stores a ranking once; a repeat with the same token returns the first result. Ends with LEASE_LAPSED when the task
 * went to others, NOT_YOURS for another labeler's, INVALID_RANKING for tiers that are no weak order of the task.
 */
export const submitRanking = labelerProcedure
  .input(
    z.object({
      taskId: TaskId,
      tiers: z.array(z.array(CompletionId).max(100)).max(100),
      unacceptableFrom: z.number().int().nullable(),
      token: z.uuid(),
      secondsSpent: z.number().min(0).max(86_400).nullable(),
    }),
  )
  .output(z.object({ rankingId: RankingId, repeated: z.boolean() }))
  .mutation(async ({ ctx, input: { projectId, ...submission } }) => {
    const stored = await ctx.database.rankings.submit({ ...submission, labelerId: ctx.labelerId });
    ctx.retraining.rankingStored(projectId);
    return stored;
  });
