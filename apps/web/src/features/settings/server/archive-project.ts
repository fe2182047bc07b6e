import { ProjectId } from "@borda/preferences";
import { considerRetraining } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Puts a project away: no tasks, no scores, no retraining. Nothing is deleted, and restoring brings it all back. */
export const archiveProject = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .mutation(async ({ ctx: { database, queue }, input: { projectId } }) => {
    await queue.unschedule(considerRetraining, projectId);
    await database.projects.archive(projectId);
  });
