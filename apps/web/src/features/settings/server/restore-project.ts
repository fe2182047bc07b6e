import { ProjectId } from "@borda/preferences";
import { considerRetraining } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Brings an archived project back, with its schedule. */
export const restoreProject = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .mutation(async ({ ctx: { database, queue }, input: { projectId } }) => {
    const { retrainRule } = await database.projects.restore(projectId);
    if (retrainRule.mode !== "cron") return;
    const { pattern, timezone } = retrainRule;
    await queue.schedule(considerRetraining, projectId, { pattern, timezone }, { projectId, because: "schedule" });
  });
