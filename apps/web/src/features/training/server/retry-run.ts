import { RunId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { startRun } from "./launch-run";

/** Starts a new run by the recipe of one that ended; the old one stays in the list. */
export const retryRun = adminProcedure
  .input(z.object({ runId: RunId }))
  .output(z.object({ runId: RunId }))
  .mutation(async ({ ctx, input }) => {
    const { projectId, recipe } = await ctx.database.runs.get(input.runId);
    const run = await startRun(ctx, { projectId, recipe, createdBy: ctx.user.id });
    return { runId: run.id };
  });
