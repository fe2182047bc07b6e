import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PreferenceGroup, RunEvent } from "@borda/preferences";
import { readCheckpoint, readSafetensors, writeSafetensors } from "@borda/transformer";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, RunCancelled, readCheckpointInfo, splitGroups, type TrainOptions, train } from "../src";
import { openBareStep } from "../src/bare-step";
import { encodeGroups } from "../src/encode";
import { openFeatureCache } from "../src/feature-cache";
import { measure } from "../src/measure";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
let backbone: string;
beforeAll(async () => {
  backbone = await tinyBackbone(folder);
}, 60_000);

const groups = splitGroups(kindnessGroups(24), 0.25);
const place = (name: string) => join(folder, name);
const options = (name: string, over: Partial<TrainOptions> = {}): TrainOptions => ({
  groups,
  recipe: tinyRecipe(backbone),
  out: place(name),
  threads: 1,
  maxSteps: 3,
  ...over,
});
const atStep = (step: number, act: () => void) => (event: RunEvent) =>
  void (event.type === "step" && event.step === step && act());

/** Begins a training and cancels it after its first step, which is saved. */
async function broken(name: string, over: Partial<TrainOptions> = {}): Promise<TrainOptions> {
  const begun = options(name, { resumeDir: place(`${name}-resume`), saveEverySeconds: 0, ...over });
  const cancel = new AbortController();
  const onEvent = (event: RunEvent) => void (event.type === "saved" && event.step === 1 && cancel.abort());
  await expect(train({ ...begun, signal: cancel.signal, onEvent })).rejects.toBeInstanceOf(RunCancelled);
  return begun;
}

describe("what stands where a checkpoint is to be", () => {
  test("since the training began stays, and nothing is left beside it", async () => {
    const note = join(place("late"), "notes.txt");
    const onEvent = atStep(1, () => {
      mkdirSync(place("late"));
      writeFileSync(note, "mine");
    });
    await expect(train(options("late", { onEvent }))).rejects.toMatchObject({ code: "OUT_EXISTS" });
    expect(readFileSync(note, "utf8")).toBe("mine");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  }, 60_000);

  test("is replaced where the same training, called again, had written it, and only then", async () => {
    const own = options("own", { resumeDir: place("own-resume"), provenance: { runId: "one" } });
    await train(own);
    await train(own);
    const other = options("own", { resumeDir: place("other-resume"), provenance: { runId: "two" } });
    await expect(train(other)).rejects.toMatchObject({ code: "OUT_EXISTS" });
    expect((await readCheckpointInfo(place("own"))).runId).toBe("one");
  }, 60_000);
});

test("whatever becomes of ties in training, its report is what evaluate finds", async () => {
  const twice = (group: PreferenceGroup): PreferenceGroup => ({
    ...group,
    rankings: [
      { labeler: "a", tiers: [[0], [1], [2, 3]], unacceptableFrom: null },
      { labeler: "b", tiers: [[0, 1], [2], [3]], unacceptableFrom: null },
    ],
  });
  const tied = { train: groups.train.map(twice), heldOut: groups.heldOut.map(twice) };
  const recipe = tinyRecipe(backbone, { ties: "drop" });
  const { eval: reported } = await train(options("ties", { groups: tied, recipe }));
  const served = await evaluate(place("ties"), tied.heldOut);
  expect(served.comparisons).toBe(reported.comparisons);
  expect(served.logLoss).toBeCloseTo(reported.logLoss, 5);
}, 60_000);

describe("a saved training", () => {
  test("does not go on with its prompts in another order, whose batches are others", async () => {
    const begun = await broken("order");
    const reversed = { ...groups, train: [...groups.train].reverse() };
    await expect(train({ ...begun, groups: reversed })).rejects.toMatchObject({ code: "WRONG_RESUME_STATE" });
    await train(begun);
  }, 60_000);

  test("of another version is refused by its folder, and what a killed save left goes with the next one", async () => {
    const begun = await broken("version");
    const path = join(begun.resumeDir!, "state.safetensors");
    const { tensors, metadata } = await readSafetensors(path);
    const { lossesLast: _, ...older } = JSON.parse(metadata.progress!);
    await writeSafetensors(path, tensors, { progress: JSON.stringify(older) });
    await expect(train(begun)).rejects.toMatchObject({
      code: "WRONG_RESUME_STATE",
      message: expect.stringContaining(begun.resumeDir!),
    });
    await writeSafetensors(path, tensors, metadata);
    const left = `${path}.killed.tmp`;
    writeFileSync(left, "half");
    await train(begun);
    expect(existsSync(left)).toBe(false);
  }, 60_000);
});

describe("numbers that are none", () => {
  test.each(["head", "all"] as const)(
    "in the backbone's weights are said before mode %s trains",
    async (mode) => {
      const damaged = place(`damaged-${mode}`);
      mkdirSync(damaged);
      for (const name of readdirSync(backbone)) writeFileSync(join(damaged, name), readFileSync(join(backbone, name)));
      const path = join(damaged, "model.safetensors");
      const { tensors, metadata } = await readSafetensors(path);
      tensors.get("encoder.layer.0.attention.query.weight")!.data[3] = Number.NaN;
      await writeSafetensors(path, tensors, metadata);
      const training = train(options(`never-${mode}`, { recipe: tinyRecipe(damaged, { mode }) }));
      await expect(training).rejects.toMatchObject({ code: "BAD_BACKBONE" });
      expect(existsSync(place(`never-${mode}`))).toBe(false);
    },
    60_000,
  );

  test("as rewards are right about nothing", () => {
    const comparisons = [
      { first: 0, second: 1, target: 1, weight: 1, votes: [1, 0] as const },
      { first: 0, second: 1, target: 0, weight: 1, votes: [0, 1] as const },
    ];
    expect(measure([{ comparisons, rewards: [Number.NaN, Number.NaN], lengths: [1, 2] }]).accuracy).toBe(0);
  });

  test("of steps are refused", async () => {
    await expect(train(options("none", { maxSteps: 0 }))).rejects.toMatchObject({ code: "BAD_RECIPE" });
    expect(existsSync(place("none"))).toBe(false);
  });
});

test("what a killed writer left among cached features goes after an hour", async () => {
  const cache = await openFeatureCache({ folder: place("features") }, "model");
  const [old, young] = ["old", "young"].map((name) => join(place("features"), "model", `${name}.safetensors.x.tmp`));
  for (const path of [old!, young!]) writeFileSync(path, "half");
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  utimesSync(old!, hoursAgo, hoursAgo);
  await cache.add(new Map([["0".repeat(32), new Float32Array(4)]]));
  expect([existsSync(old!), existsSync(young!)]).toEqual([false, true]);
});

test("a bare step refuses a prompt above its token budget by name", async () => {
  const loaded = await readCheckpoint(backbone);
  const recipe = tinyRecipe(backbone, { tokenBudget: 64 });
  const [group] = encodeGroups(kindnessGroups(1, 9), loaded.tokenizer, 48);
  const step = await openBareStep(loaded, recipe, { threads: 1 });
  try {
    await expect(step.run([group!], 1e-3)).rejects.toMatchObject({
      message: expect.stringMatching(/^tokenBudget is 64/),
    });
  } finally {
    await step.close();
  }
});
