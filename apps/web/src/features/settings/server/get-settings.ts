import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ProjectSettings } from "../views";

export const getSettings = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(ProjectSettings)
  .query(async ({ ctx, input }) => {
    const { id, leaseSeconds, ...project } = await ctx.database.projects.get(input.projectId);
    return { ...project, projectId: id, leaseMinutes: Math.round(leaseSeconds / 60) };
  });
