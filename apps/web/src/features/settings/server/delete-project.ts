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
    if (!project.archivedAt) throw conflict("Archive the project first; then it can be deleted.");
    if (project.name !== name) throw conflict(`The name does not match. Type ${project.name} to delete it.`);
    const { prisma } = database;
    const active = await prisma.run.count({ where: { projectId, state: { in: ["QUEUED", "RUNNING"] } } });
    if (active > 0) throw conflict("A training of this project is running. Cancel it, then delete the project.");

    const folders = await prisma.checkpoint.findMany({ where: { projectId }, select: { folderKey: true } });
    const uploads = await prisma.import.findMany({ where: { projectId }, select: { fileKey: true } });
    await queue.unschedule(considerRetraining, projectId);
    const within = { where: { projectId } };
    // In this order, because what refers to a checkpoint, a run, a slot or a labeler holds it.
    await prisma.$transaction([
      prisma.project.update({ where: { id: projectId }, data: { publishedId: null } }),
      prisma.checkpoint.deleteMany(within),
      prisma.run.deleteMany(within),
      prisma.ranking.deleteMany(within),
      prisma.slot.deleteMany(within),
      prisma.project.delete({ where: { id: projectId } }),
    ]);
    for (const key of [...folders.map((row) => row.folderKey), ...uploads.map((row) => row.fileKey)])
      await storage.remove(key);
    log.info({ projectId, name, by: user.id }, "project deleted");
  });

function conflict(message: string): TRPCError {
  return new TRPCError({ code: "CONFLICT", message });
}
