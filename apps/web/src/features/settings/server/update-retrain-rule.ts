import { ProjectId, RetrainRule } from "@borda/preferences";
import { considerRetraining } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/**
 * When the project retrains by itself. The schedule is set before the rule is stored: a pattern that the queue refuses
 * changes nothing. Answers with the next time of a cron rule.
 */
export const updateRetrainRule = adminProcedure
  .input(z.object({ projectId: ProjectId, retrainRule: RetrainRule }))
  .output(z.object({ next: z.date().nullable() }))
  .mutation(async ({ ctx: { database, queue }, input: { projectId, retrainRule } }) => {
    await database.projects.get(projectId);
    let next: Date | null = null;
    if (retrainRule.mode === "cron") {
      const { pattern, timezone } = retrainRule;
      ({ next } = await queue.schedule(
        considerRetraining,
        projectId,
        { pattern, timezone },
        { projectId, because: "schedule" },
      ));
    } else {
      await queue.unschedule(considerRetraining, projectId);
    }
    await database.projects.update(projectId, { retrainRule });
    if (retrainRule.mode === "comparisons")
      await queue.add(considerRetraining, { projectId, because: "new-comparisons" });
    return { next };
  });
