import { CheckpointId, ProjectId } from "@borda/preferences";
import { z } from "zod";

/** Completions are named A to I on the ranking page, so a task shows at most nine. */
export const MOST_COMPLETIONS = 9;

/** What an admin decides about a project's ranking. */
export const ProjectForm = z
  .object({
    name: z.string().trim().min(1, "Give the project a name.").max(120, "At most 120 characters."),
    guidelines: z.string().max(50_000, "At most 50,000 characters."),
    kMin: z.int().min(2, "At least 2: one completion makes no comparison.").max(MOST_COMPLETIONS),
    kMax: z.int().min(2).max(MOST_COMPLETIONS, `At most ${MOST_COMPLETIONS} fit on the ranking page.`),
    rankingsWanted: z.int().min(1, "At least 1.").max(50, "At most 50."),
  })
  .refine(({ kMin, kMax }) => kMin <= kMax, { path: ["kMax"], error: "Not below the smallest number." });
export type ProjectForm = z.infer<typeof ProjectForm>;

/** A project in the list of projects. `accuracy`: of the published checkpoint on its held-out prompts. */
export const ProjectCard = z.object({
  id: ProjectId,
  name: z.string(),
  createdAt: z.date(),
  prompts: z.int(),
  rankings: z.int(),
  comparisons: z.int(),
  newComparisons: z.int(),
  labelers: z.int(),
  publishedId: CheckpointId.nullable(),
  accuracy: z.number().nullable(),
});
export type ProjectCard = z.infer<typeof ProjectCard>;
