import { z } from "zod";
import { signedInProcedure } from "@/server/trpc";
import { ProgressView, ProjectView } from "./views";

/** The projects that the signed-in user ranks in, with their own progress. */
export const myProjects = signedInProcedure
  .output(z.array(ProjectView.extend({ progress: ProgressView })))
  .query(async ({ ctx }) => {
    const memberships = await ctx.database.labelers.forUser(ctx.user.id);
    return Promise.all(
      memberships.map(async ({ projectId, labelerId }) => {
        const [{ name, guidelines }, progress] = await Promise.all([
          ctx.database.projects.get(projectId),
          ctx.database.tasks.progress({ projectId, labelerId }),
        ]);
        return { projectId, name, guidelines, progress };
      }),
    );
  });
