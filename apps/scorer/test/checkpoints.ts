import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Database } from "@borda/database";
import { type CheckpointId, type PreferenceGroup, type ProjectId, Recipe } from "@borda/preferences";
import { loadScorer, type Scorer as Model, train } from "@borda/reward-model";
import { createStorage } from "@borda/storage";

const preferred = ["Thank you, that is a good question.", "Here is how it works, step by step."];
const rejected = ["no", "go away"];

/** A dozen prompts whose rankings agree. */
function someGroups(): PreferenceGroup[] {
  return Array.from({ length: 12 }, (_, number) => ({
    key: createHash("sha256").update(`prompt ${number}`).digest("hex"),
    prompt: `Question ${number}: how does thing ${number} work?`,
    completions: [...preferred, ...rejected].map((text) => ({ text: `${text} (${number})` })),
    rankings: [{ labeler: "a", tiers: [[0, 1], [2], [3]], unacceptableFrom: null }],
  }));
}

/** A checkpoint that is stored, known to the database, and open for comparison. */
export interface StoredCheckpoint {
  readonly id: CheckpointId;
  readonly model: Model;
}

/** Trains the starter for a few steps into a folder. Seeds give different weights. */
export async function trainCheckpoint(out: string, seed: number) {
  const recipe = Recipe.parse({ epochs: 1, evaluations: 1, maxLength: 64, learningRate: 1e-3, seed });
  const groups = someGroups();
  const { eval: report } = await train({
    groups: { train: groups.slice(0, 9), heldOut: groups.slice(9) },
    recipe,
    out,
    maxSteps: 1 + seed,
    onEvent: () => {},
  });
  return { recipe, report };
}

/** Trains a checkpoint, and stores it as one of the project. */
export async function storeCheckpoint(
  database: Database,
  home: string,
  projectId: ProjectId,
  seed: number,
): Promise<StoredCheckpoint> {
  const out = join(home, "runs", randomUUID());
  const { recipe, report } = await trainCheckpoint(out, seed);
  const storage = createStorage(join(home, "storage"));
  const run = await database.runs.create({ projectId, recipe, trigger: "manual", createdBy: null });
  const folderKey = `checkpoints/${run.id}`;
  const { bytes } = await storage.adopt(out, folderKey);
  const { id } = await database.checkpoints.create({
    projectId,
    runId: run.id,
    folderKey,
    sha256: createHash("sha256").update(folderKey).digest("hex"),
    bytes,
    report,
    baselineId: null,
    baselineReport: null,
  });
  await database.runs.cancel(run.id);
  return { id, model: await loadScorer(await storage.folder(folderKey)) };
}

export function publish(database: Database, { id }: StoredCheckpoint): Promise<void> {
  return database.checkpoints.publish({ checkpointId: id, reason: "a test", publishedBy: null });
}
