import { ProjectId } from "@borda/preferences";
import { considerRetraining } from "@borda/queue";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/**
 * Deletes an archived project for good, with everything in it, then its files. `name` must repeat the project's name:
 * what cannot be undone is confirmed twice, once by archiving and once here.
 */
export const deleteProject = adminProcedure
  .input(z.object({ projectId: ProjectId, name: z.string() }))
  .mutation(async ({ ctx: { database, queue, storage, log, user }, input: { projectId, name } }) => {
    const project = await database.projects.get(projectId);
    if (project.name !== name)
      throw new TRPCError({ code: "CONFLICT", message: `The name does not match. Type ${project.name} to delete it.` });
    // Before the project goes, so that no schedule is left of it; one that is not archived keeps its own, and stays.
    if (project.archivedAt) await queue.unschedule(considerRetraining, projectId);
    for (const key of await database.projects.delete(projectId)) await storage.remove(key);
    log.info({ projectId, name, by: user.id }, "project deleted");
  });
