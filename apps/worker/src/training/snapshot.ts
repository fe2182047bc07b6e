import { createReadStream } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Database, Run, Snapshot } from "@borda/database";
import { type PreferenceGroup, splitOf } from "@borda/preferences";
import { RemediableError } from "../failure";
import type { RunFolder } from "./run-folder";
import { writeWhole } from "./whole-file";

export interface SplitGroups {
  readonly train: PreferenceGroup[];
  readonly heldOut: PreferenceGroup[];
}

/**
 * Fixes the run's data, once, and writes it to its folder, whole or not at all: a later delivery trains on the very
 * same. Of the held-out prompts it writes those held out at `judgedShare`. Throws RemediableError (NOT_ENOUGH_DATA) when
 * there is nothing to learn from or nothing to be judged by.
 */
export async function snapshotGroups(
  database: Database,
  run: Run,
  folder: RunFolder,
  judgedShare: number,
): Promise<Snapshot> {
  const snapshot = await database.runs.snapshot(run.id);
  checkEnough(snapshot, run.recipe.heldOutShare);
  if (await exists(folder.groups)) return snapshot;
  await mkdir(folder.root, { recursive: true });
  await writeWhole(folder.groups, linesOf(database, run, judgedShare));
  return snapshot;
}

async function* linesOf(database: Database, run: Run, judgedShare: number): AsyncGenerator<string> {
  for await (const { group, heldOut } of database.rankings.groups(run.projectId, { runId: run.id })) {
    if (heldOut && splitOf(group.key, judgedShare) === "train") continue;
    yield `${JSON.stringify({ heldOut, group })}\n`;
  }
}

/** The groups that `snapshotGroups` wrote. */
export async function readSnapshot(path: string): Promise<SplitGroups> {
  const groups: SplitGroups = { train: [], heldOut: [] };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const { heldOut, group } = JSON.parse(line) as { heldOut: boolean; group: PreferenceGroup };
    groups[heldOut ? "heldOut" : "train"].push(group);
  }
  return groups;
}

function checkEnough(snapshot: Snapshot, heldOutShare: number): void {
  const { trainPrompts, heldOutPrompts, comparisons, trainComparisons } = snapshot;
  if (comparisons === 0)
    throw notEnough(
      "This project has no comparison to learn from.",
      "Rank a prompt's completions into two tiers or more, or import rankings, then retrain.",
    );
  const percent = `${Math.round(heldOutShare * 100)} %`;
  const prompts = trainPrompts + heldOutPrompts;
  const remedy = (change: string, share: number) =>
    `Rank or import more prompts (some ${Math.ceil(3 / share)} do), or ${change} the recipe's held-out share, then retrain.`;
  if (comparisons === trainComparisons)
    throw notEnough(
      `None of the ranked prompts with a comparison (${prompts}) falls in the held-out ${percent}.`,
      remedy("raise", heldOutShare),
    );
  if (trainComparisons === 0)
    throw notEnough(
      `All of the ranked prompts with a comparison (${prompts}) fall in the held-out ${percent}.`,
      remedy("lower", 1 - heldOutShare),
    );
}

function notEnough(message: string, remedy: string): RemediableError {
  return new RemediableError("NOT_ENOUGH_DATA", message, remedy);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
