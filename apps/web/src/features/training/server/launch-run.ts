import type { Run } from "@borda/database";
import { ProjectId, Recipe, RunId, type UserId } from "@borda/preferences";
import { trainRewardModel } from "@borda/queue";
import { z } from "zod";
import type { Context } from "@/server/context";
import { adminProcedure } from "@/server/trpc";
import { NothingToTrainOn } from "../errors";

/**
 * Starts a training and keeps its recipe, with the backbone's commit, as the project's next one. Throws BackboneNotReady,
 * TrainingInProgress while one is queued or running, NothingToTrainOn without comparisons.
 */
export const launchRun = adminProcedure
  .input(z.object({ projectId: ProjectId, recipe: Recipe }))
  .output(z.object({ runId: RunId }))
  .mutation(async ({ ctx, input: { projectId, recipe } }) => {
    const { rankings, trainComparisons } = await ctx.database.runs.preview(projectId, recipe.heldOutShare);
    if (trainComparisons === 0) throw new NothingToTrainOn(rankings);
    const run = await startRun(ctx, { projectId, recipe, createdBy: ctx.user.id });
    await ctx.database.projects.update(projectId, { recipe: run.recipe });
    return { runId: run.id };
  });

/** Enters a run and queues it. The worker's sweep finds a run whose job could not be queued. */
export async function startRun(
  { database, queue }: Pick<Context, "database" | "queue">,
  run: { projectId: ProjectId; recipe: Recipe; createdBy: UserId },
): Promise<Run> {
  const made = await database.runs.create({ ...run, trigger: "manual" });
  await queue.add(trainRewardModel, { runId: made.id });
  return made;
}
