import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { CheckpointShelf } from "../views";

/** Every checkpoint of a project, newest first, with its run's recipe and data; and what was served when. */
export const getShelf = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(CheckpointShelf)
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [project, checkpoints, runs, history, users] = await Promise.all([
      database.projects.get(projectId),
      database.checkpoints.list(projectId),
      database.runs.list(projectId),
      database.checkpoints.history(projectId),
      database.users.list(),
    ]);
    const runOf = new Map(runs.map((run) => [run.id, run]));
    const nameOf = new Map(users.map(({ id, name }) => [id, name]));
    const served = new Set(history.map(({ checkpointId }) => checkpointId));
    return {
      publishRule: project.publishRule,
      checkpoints: checkpoints.map((checkpoint) => {
        const { recipe, dataHash, trainPrompts, heldOutPrompts, comparisons } = runOf.get(checkpoint.runId)!;
        return {
          ...checkpoint,
          ...{ recipe, dataHash, trainPrompts, heldOutPrompts, comparisons },
          published: checkpoint.id === project.publishedId,
          served: served.has(checkpoint.id),
        };
      }),
      history: history.map(({ publishedBy, ...entry }) => ({
        ...entry,
        publishedBy: publishedBy === null ? null : (nameOf.get(publishedBy) ?? "somebody who left"),
      })),
    };
  });
