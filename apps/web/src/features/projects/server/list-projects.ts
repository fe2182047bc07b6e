import type { Project } from "@borda/database";
import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import type { Context } from "@/server/context";
import { adminProcedure } from "@/server/trpc";
import { ProjectCard } from "../views";

const ArchivedProject = z.object({ id: ProjectId, name: z.string(), archivedAt: z.date() });

/** Every project with what came in and what its published model reaches, newest first; then those put away. */
export const listProjects = adminProcedure
  .output(z.object({ projects: z.array(ProjectCard), archived: z.array(ArchivedProject) }))
  .query(async ({ ctx: { database, user } }) => {
    const [projects, archived] = await Promise.all([database.projects.list(user), database.projects.archived()]);
    return {
      projects: await Promise.all(projects.map((project) => cardOf(database, project))),
      archived,
    };
  });

async function cardOf(
  database: Context["database"],
  { id, name, createdAt, publishedId }: Project,
): Promise<ProjectCard> {
  const [stats, published] = await Promise.all([database.projects.stats(id), database.checkpoints.publishedOf(id)]);
  const { rankings, prompts, comparisons, newComparisons, labelers } = stats;
  return {
    ...{ id, name, createdAt, publishedId, prompts, comparisons, newComparisons, labelers },
    rankings: rankings.made + rankings.imported,
    accuracy: published?.report.accuracy ?? null,
  };
}
