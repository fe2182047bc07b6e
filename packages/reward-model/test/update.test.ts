import type { Recipe } from "@borda/preferences";
import { loadBackbone } from "@borda/transformer";
import { beforeAll, describe, expect, test } from "vitest";
import type { Bins } from "../src/bins";
import type { EncodedGroup } from "../src/encode";
import { headWeights, type RewardBackbone, rewardGraph } from "../src/model";
import { createRandom, type Random } from "../src/random";
import { createRewardStep, type Passes } from "../src/reward-step";
import { trainedPart } from "../src/trained-part";
import { openRewardSlopes, update } from "../src/update";
import { newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
type Loaded = Awaited<ReturnType<typeof loadBackbone>> & RewardBackbone;
let backbone: Loaded;
beforeAll(async () => {
  backbone = await loadBackbone(await tinyBackbone(folder, { layers: 2 }));
}, 60_000);

/** A ranked prompt of random tokens. */
function groupOf(random: Random, lengths: readonly number[]): EncodedGroup {
  const rows = lengths.map((length) => ({
    ids: Array.from({ length }, () => Math.floor(random() * 8000)),
    segmentIds: Array.from({ length }, (_, at) => Number(at > length / 2)),
    completionStart: Math.ceil(length / 2),
    completionEnd: length,
    truncated: false,
  }));
  const comparisons = rows.flatMap((_, first) =>
    rows
      .slice(first + 1)
      .map((_, more) => ({ first, second: first + 1 + more, target: 1, weight: 1, votes: [1, 0] as const })),
  );
  return { key: "k", rows, completions: [...rows.keys()], comparisons, lengths };
}

/** Loss, norm of the gradient, and the gradients themselves, of one update: Adam's first sums are the gradients. */
async function gradientsOf(
  batches: readonly (readonly EncodedGroup[])[],
  tokenBudget: number,
  over: Partial<Recipe> = {},
  { passes = "several", bins = 1 }: { readonly passes?: Passes; readonly bins?: Bins } = {},
) {
  const recipe = tinyRecipe("tiny", { clipNorm: 1e9, beta: 0.1, ...over });
  const part = trainedPart(backbone, rewardGraph(backbone, "mean"), recipe);
  const random = createRandom(5);
  const head = headWeights(
    Float32Array.from({ length: backbone.hiddenSize }, () => random() - 0.5),
    0.1,
  );
  const step = await createRewardStep(part, head, recipe, { threads: 1, passes, bins });
  const slopes = await openRewardSlopes(recipe, 1);
  try {
    const settings = { padId: backbone.tokenizer.padId, tokenBudget, seed: 3, step: 0, learningRate: 1e-3 };
    const result = await update(step, slopes, batches, settings);
    const kept = [...step.state().slots].filter(([key]) => key.startsWith("means/"));
    // After one step from nothing Adam's mean is a tenth of the gradient.
    return { ...result, gradients: new Map(kept.map(([key, mean]) => [key, mean.map((each) => 10 * each)])) };
  } finally {
    await slopes.close();
    await step.close();
  }
}
type Gradients = Awaited<ReturnType<typeof gradientsOf>>;

/** To float32's rounding, on the scale of each tensor's largest gradient. */
function expectSame(actual: Gradients, expected: Gradients): void {
  expect(actual.loss).toBeCloseTo(expected.loss, 5);
  expect(actual.tokens).toBe(expected.tokens);
  expect(actual.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 4);
  expect([...actual.gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort());
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [key, gradient] of expected.gradients) {
    const own = actual.gradients.get(key)!;
    const error = largest(gradient.map((value, i) => value - own[i]!));
    expect(error / Math.max(1e-4, largest(gradient)), key).toBeLessThan(2e-3);
  }
}

const dropouts = { attentionDropout: 0.1, hiddenDropout: 0.2 };

describe("an update", () => {
  test("of nine completions of up to 1024 tokens, read in parts, has the gradients of the whole", async () => {
    const group = groupOf(createRandom(1), [1024, 900, 1024, 300, 512, 1000, 777, 640, 64]);
    const over = { hiddenDropout: 0.2 };
    const whole = await gradientsOf([[group]], 9 * 1024, over, { passes: "one" });
    expectSame(await gradientsOf([[group]], 2 * 1024, over), whole);
  }, 60_000);

  test("of several batches has the gradients of one batch of all their prompts", async () => {
    const random = createRandom(2);
    const groups = [
      [20, 20],
      [20, 20, 20],
      [20, 20, 20, 20],
    ].map((lengths) => groupOf(random, lengths));
    const one = await gradientsOf([groups], 8192, dropouts, { passes: "one" });
    expectSame(await gradientsOf([groups.slice(0, 2), groups.slice(2)], 8192, dropouts), one);
  }, 60_000);

  test.each([
    ["all weights", 8192, {}],
    ["all weights, layers computed again", 8192, { recompute: "layers" }],
    ["all weights, scores computed again", 8192, { recompute: "attention" }],
    ["adapters", 8192, { mode: "lora", loraTargets: "all-linear", loraDropout: 0.1 }],
    ["one prompt, read in parts", 100, {}],
  ] as const)(
    "of rows in two or four bins has the gradients of one bin: %s",
    async (_, budget, over) => {
      const groups = [groupOf(createRandom(6), [60, 9, 33, 12])];
      const all = { ...dropouts, ...over };
      const together = await gradientsOf([groups], budget, all);
      for (const bins of [2, 4]) expectSame(await gradientsOf([groups], budget, all, { bins }), together);
    },
    60_000,
  );

  test.each([
    ["all weights", { mode: "all" }],
    ["the last layer", { mode: "last", lastLayers: 1 }],
    ["adapters", { mode: "lora", loraTargets: "all-linear", loraDropout: 0.1 }],
  ] as const)(
    "of %s with layers or scores computed again has the same gradients",
    async (_, mode) => {
      const groups = [groupOf(createRandom(4), [60, 33, 50])];
      const over = { ...mode, ...dropouts };
      const kept = await gradientsOf([groups], 8192, over);
      for (const recompute of ["layers", "attention"] as const)
        expectSame(await gradientsOf([groups], 8192, { ...over, recompute }), kept);
    },
    60_000,
  );
});
