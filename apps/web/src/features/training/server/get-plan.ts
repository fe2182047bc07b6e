import { ProjectId, Recipe } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { TrainingPlan } from "../views";

/** What a training started now would train on and be measured on. */
export const getPlan = adminProcedure
  .input(z.object({ projectId: ProjectId, heldOutShare: Recipe.shape.heldOutShare }))
  .output(TrainingPlan)
  .query(async ({ ctx: { database }, input: { projectId, heldOutShare } }) => {
    const [plan, { newComparisons }] = await Promise.all([
      database.runs.preview(projectId, heldOutShare),
      database.projects.stats(projectId),
    ]);
    return { ...plan, newComparisons };
  });
