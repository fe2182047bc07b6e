import { ProjectId, PublishRule } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** What happens to the checkpoint of a finished run. */
export const updatePublishRule = adminProcedure
  .input(z.object({ projectId: ProjectId, publishRule: PublishRule }))
  .mutation(async ({ ctx, input: { projectId, publishRule } }) => {
    await ctx.database.projects.update(projectId, { publishRule });
  });
