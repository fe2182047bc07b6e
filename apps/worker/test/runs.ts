import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project, Run } from "@borda/database";
import type { Recipe, RunEvent, RunId } from "@borda/preferences";
import { trainRewardModel } from "@borda/queue";
import { eventually, type House, smallRecipe } from "./house";

/** Begins a run as web does. */
export async function retrain(house: House, project: Project, recipe: Recipe = smallRecipe()): Promise<RunId> {
  const fields = { projectId: project.id, recipe, trigger: "manual", createdBy: house.admin } as const;
  const run = await house.database.runs.create(fields);
  await house.queue.add(trainRewardModel, { runId: run.id });
  return run.id;
}

/** The run, once it has ended. */
export function ended(house: House, runId: RunId, seconds = 120): Promise<Run> {
  return eventually("the end of the run", seconds, async () => {
    const run = await house.database.runs.get(runId);
    return run.finishedAt === null ? null : run;
  });
}

export async function eventsOf(house: House, runId: RunId): Promise<RunEvent[]> {
  return (await house.database.runs.events(runId)).map(({ event }) => event);
}

export function stepReached(house: House, runId: RunId, step: number): Promise<boolean> {
  return eventually(`step ${step}`, 90, async () => (await house.database.runs.get(runId)).step >= step);
}

/** A hash of the weights that a run ended with. */
export async function weightsOf(house: House, run: Run): Promise<string> {
  const { folderKey } = await house.database.checkpoints.get(run.checkpointId!);
  const file = await readFile(join(await house.storage.folder(folderKey), "model.safetensors"));
  return createHash("sha256").update(file).digest("hex");
}
