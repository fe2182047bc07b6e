import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { softplus } from "../src/measure";
import { minimise } from "../src/minimise";
import { createRandom } from "../src/random";
import { type FeatureGroup, solveHead } from "../src/solve-head";

describe("minimise", () => {
  test("finds the minimum of a quadratic of any scale", async () => {
    const point = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(point, async (target) => {
        const { point: found } = await minimise(
          async (x) => ({
            value: x.reduce((sum, each, i) => sum + ((i + 1) * (each - target[i]!) ** 2) / 2, 0),
            gradient: x.map((each, i) => (i + 1) * (each - target[i]!)),
          }),
          new Float64Array(target.length),
          { tolerance: 1e-8, iterations: 200 },
        );
        found.forEach((each, i) => void expect(each).toBeCloseTo(target[i]!, 5));
      }),
    );
  });
});

describe("the head on frozen features", () => {
  const width = 6;
  /** Prompts whose completions are ordered by one direction of the features, with noise of the labelers. */
  function groupsBy(direction: readonly number[], count: number, seed: number): FeatureGroup[] {
    const random = createRandom(seed);
    return Array.from({ length: count }, () => {
      const features = Float32Array.from({ length: 3 * width }, () => 5 + random() - 0.5);
      const reward = (row: number) => direction.reduce((sum, each, i) => sum + each * features[row * width + i]!, 0);
      const pairs: [number, number][] = [
        [0, 1],
        [0, 2],
        [1, 2],
      ];
      const comparisons = pairs.map(([first, second]) => {
        const target = random() < 1 / (1 + Math.exp(reward(second) - reward(first))) ? 1 : 0;
        return { first, second, target, weight: 1, votes: [target, 1 - target] as const };
      });
      return { features, comparisons };
    });
  }
  test("finds the direction that labelers follow", async () => {
    const direction = [4, 0, 0, -4, 0, 2];
    const { weight, lossBefore, lossAfter } = await solveHead(groupsBy(direction, 800, 1), width, {
      seed: 0,
      threads: 1,
    });
    expect(lossBefore).toBeCloseTo(Math.LN2, 5);
    expect(lossAfter).toBeLessThan(0.6);
    const cosine = (x: ArrayLike<number>, y: ArrayLike<number>) => {
      const dot = (p: ArrayLike<number>, q: ArrayLike<number>) =>
        Array.from(p).reduce((sum, each, i) => sum + each * q[i]!, 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    expect(cosine(weight, direction)).toBeGreaterThan(0.97);
  });
  test("gives a mean reward of zero, and stays small where the rankings are noise", async () => {
    const groups = groupsBy([0, 0, 0, 0, 0, 0], 200, 2);
    const { weight, bias } = await solveHead(groups, width, { seed: 0, threads: 1 });
    const rewards = groups.flatMap(({ features }) =>
      [0, 1, 2].map((row) => weight.reduce((sum, each, i) => sum + each * features[row * width + i]!, bias)),
    );
    expect(rewards.reduce((sum, each) => sum + each, 0) / rewards.length).toBeCloseTo(0, 3);
    expect(Math.max(...rewards.map(Math.abs))).toBeLessThan(0.3);
  });
  test("ignores a feature that does not vary within a prompt, and takes a single prompt", async () => {
    const features = Float32Array.from([1, 7, 2, 7]);
    const one = [{ features, comparisons: [{ first: 0, second: 1, target: 1, weight: 1, votes: [1, 0] as const }] }];
    const { weight, lossAfter } = await solveHead(one, 2, { seed: 0, threads: 1 });
    expect(weight[0]).toBeLessThan(0);
    expect(weight[1]).toBe(0);
    expect(lossAfter).toBeLessThan(softplus(0));
  });
});
