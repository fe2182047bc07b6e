import { labelerProcedure } from "@/server/trpc";
import { ProjectView } from "./views";

/** Name and guidelines of a project, for those who rank in it. */
export const project = labelerProcedure.output(ProjectView).query(async ({ ctx, input }) => {
  const { id, name, guidelines } = await ctx.database.projects.get(input.projectId);
  return { projectId: id, name, guidelines };
});
