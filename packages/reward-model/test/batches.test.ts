import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochBatches, longest, orderedBatches } from "../src/batches";
import { evaluationSteps, planTraining } from "../src/plan";

const group = (key: number, lengths: number[]) => ({
  key: `${key}`,
  rows: lengths.map((length) => ({
    ids: Array(length).fill(1),
    segmentIds: Array(length).fill(0),
    completionStart: 0,
    completionEnd: length,
    truncated: false,
  })),
  completions: [],
  comparisons: [],
  lengths: [],
});
const groups = fc
  .array(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 80 })
  .map((list) => list.map((lengths, key) => group(key, lengths)));
const paddedTokens = (batch: readonly { rows: readonly { ids: readonly number[] }[] }[]) =>
  batch.reduce((sum, { rows }) => sum + rows.length, 0) * Math.max(...batch.map(longest));

describe("batches", () => {
  const settings = fc.record({ tokenBudget: fc.integer({ min: 64, max: 1000 }), seed: fc.nat(), epoch: fc.nat(5) });
  test("every prompt is in one batch, whole; a batch keeps the budget unless one prompt alone exceeds it", () => {
    fc.assert(
      fc.property(groups, settings, (list, options) => {
        for (const batches of [epochBatches(list, options), orderedBatches(list, options.tokenBudget)]) {
          expect(
            batches
              .flat()
              .map(({ key }) => key)
              .sort(),
          ).toEqual(list.map(({ key }) => key).sort());
          for (const batch of batches)
            expect(batch.length === 1 || paddedTokens(batch) <= options.tokenBudget).toBe(true);
        }
      }),
    );
  });
  test("the same seed gives the same batches, another seed or epoch another order", () => {
    const list = Array.from({ length: 200 }, (_, key) => group(key, [10 + (key % 30), 12]));
    const keys = (seed: number, epoch: number) =>
      epochBatches(list, { tokenBudget: 256, seed, epoch }).map((batch) => batch.map(({ key }) => key));
    expect(keys(1, 0)).toEqual(keys(1, 0));
    expect(keys(1, 0)).not.toEqual(keys(2, 0));
    expect(keys(1, 0)).not.toEqual(keys(1, 1));
  });
  test("like lengths stand together: little of a batch is padding", () => {
    const list = Array.from({ length: 400 }, (_, key) => group(key, Array(4).fill(8 + ((key * 37) % 120))));
    const batches = epochBatches(list, { tokenBudget: 2048, seed: 3, epoch: 0 });
    const real = list.reduce((sum, { rows }) => sum + rows.reduce((own, { ids }) => own + ids.length, 0), 0);
    expect(real / batches.reduce((sum, batch) => sum + paddedTokens(batch), 0)).toBeGreaterThan(0.9);
  });
});

describe("a plan", () => {
  const list = Array.from({ length: 40 }, (_, key) => group(key, [16, 16]));
  test("has the batches of all epochs, in an order that any step can be asked for", () => {
    const plan = planTraining(list, { mode: "all", accumulation: 1, epochs: 2, tokenBudget: 64, seed: 0 });
    expect(plan.steps).toBe(40);
    const forwards = Array.from({ length: plan.steps }, (_, step) =>
      plan
        .batches(step)
        .flat()
        .map(({ key }) => key),
    );
    const backwards = forwards
      .map((_, at) =>
        plan
          .batches(plan.steps - 1 - at)
          .flat()
          .map(({ key }) => key),
      )
      .reverse();
    expect(backwards).toEqual(forwards);
    expect(new Set(forwards.slice(0, 20).flat()).size).toBe(40);
  });
  test("half an epoch is half its batches, and a limit of steps ends it", () => {
    expect(planTraining(list, { mode: "all", accumulation: 1, epochs: 1.5, tokenBudget: 64, seed: 0 }).steps).toBe(30);
    expect(planTraining(list, { mode: "all", accumulation: 1, epochs: 9, tokenBudget: 64, seed: 0 }, 7).steps).toBe(7);
  });
  test("evaluations are spread evenly, the last at the end", () => {
    expect([...evaluationSteps(10, 4)]).toEqual([3, 5, 8, 10]);
    expect([...evaluationSteps(2, 5)]).toEqual([1, 2]);
  });
});
