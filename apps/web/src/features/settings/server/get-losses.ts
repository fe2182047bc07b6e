import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { Losses } from "../views";

/** Counts what deleting the project would take with it, so that the page can name it. */
export const getLosses = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(Losses)
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [{ prompts, completions, rankings }, checkpoints, apiKeys] = await Promise.all([
      database.projects.stats(projectId),
      database.checkpoints.list(projectId),
      database.apiKeys.list(projectId),
    ]);
    return {
      prompts,
      completions,
      rankings: rankings.made + rankings.imported,
      checkpoints: checkpoints.length,
      apiKeys: apiKeys.filter(({ revokedAt }) => revokedAt === null).length,
    };
  });
