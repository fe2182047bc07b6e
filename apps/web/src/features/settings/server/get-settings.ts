import { ProjectId } from "@borda/preferences";
import { checkSchedule } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ProjectSettings } from "../views";

export const getSettings = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(ProjectSettings)
  .query(async ({ ctx, input }) => {
    const { id, leaseSeconds, ...project } = await ctx.database.projects.get(input.projectId);
    const { retrainRule } = project;
    return {
      ...project,
      projectId: id,
      leaseMinutes: Math.max(1, Math.round(leaseSeconds / 60)),
      nextRetraining: retrainRule.mode === "cron" && !project.archivedAt ? checkSchedule(retrainRule) : null,
    };
  });
