import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ProjectForm } from "../views";

export const createProject = adminProcedure
  .input(ProjectForm)
  .output(z.object({ projectId: ProjectId }))
  .mutation(async ({ ctx, input }) => {
    const project = await ctx.database.projects.create(input);
    return { projectId: project.id };
  });
