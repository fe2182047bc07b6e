import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Runtime } from "@borda/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { openFrozenForward } from "../src/frozen-forward";
import { sessionsFor, sessionTokens } from "../src/side-by-side";
import { prepareRun, type TrainingRun } from "../src/training-run";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
const groups = { train: kindnessGroups(40), heldOut: kindnessGroups(4, 4, 2) };
let run: TrainingRun;
beforeAll(async () => {
  const recipe = tinyRecipe(await tinyBackbone(folder, { layers: 2 }));
  mkdirSync(join(folder, "checkpoints"));
  run = await prepareRun({ groups, recipe, out: join(folder, "checkpoints", "out"), threads: 2 });
}, 60_000);

const MANY = 1_000_000;
const weights = () => new Map([...run.part.frozen, ...run.part.weights]);

async function features(tokens: number, runtime: Runtime = run.runtime) {
  const forward = await openFrozenForward({ ...run, runtime }, weights(), tokens);
  const left = readdirSync(join(folder, "checkpoints"));
  const found = await forward.run(run.train).finally(() => forward.close());
  return { found, left };
}

describe("features of a backbone that stays as it is", () => {
  test("are those of the training's runtime, in the order of the groups, and leave no file", async () => {
    const [few, many] = [await features(1), await features(MANY)];
    expect(few.found.map(({ length }) => length)).toEqual(
      run.train.map(({ rows }) => rows.length * run.backbone.hiddenSize),
    );
    const difference = few.found.flatMap((vectors, group) => [...vectors].map((x, i) => x - many.found[group]![i]!));
    const largest = Math.max(...difference.map(Math.abs));
    expect(largest).toBeLessThan(1e-5);
    expect(largest).toBeGreaterThan(0); // other sums, so other last bits: it did not run the same way
    expect(many.left).toEqual([]);
    expect((await features(MANY)).found).toEqual(many.found);
  });

  test("are the runtime's own where its numbers are others", async () => {
    const emulated: Runtime = { ...run.runtime, precision: "bfloat16-emulated" };
    expect((await features(MANY, emulated)).found).toEqual((await features(1, emulated)).found);
  });

  test("end with the reason of an abort", async () => {
    const forward = await openFrozenForward(run, weights(), MANY);
    await expect(forward.run(run.train, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    await forward.close();
  });
});

test("sessions share the threads evenly, and copies of the weights stay within a GiB", () => {
  expect([1, 2, 3, 4, 6].map((threads) => sessionsFor(2 ** 28, threads))).toEqual([1, 2, 3, 4, 3]);
  expect([2 ** 29, 2 ** 29 + 1, 2 ** 34].map((bytes) => sessionsFor(bytes, 2))).toEqual([2, 1, 1]);
  expect([2 ** 28, 2 ** 29].map((bytes) => sessionsFor(bytes, 4, 1))).toEqual([2, 1]);
  expect(sessionTokens(6, 3)).toBe(2 * sessionTokens(3, 3));
});
