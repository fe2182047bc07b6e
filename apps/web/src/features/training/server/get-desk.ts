import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { TrainingDesk } from "../views";

/** The project's recipe and rules, and the run in progress. */
export const getDesk = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(TrainingDesk)
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [project, active] = await Promise.all([database.projects.get(projectId), database.runs.active(projectId)]);
    const { recipe, retrainRule, publishRule, publishedId, kMax } = project;
    return { recipe, retrainRule, publishRule, publishedId, completionsAPrompt: kMax, active };
  });
