import { describe, expect, test } from "vitest";
import { measure, pairedDifference } from "../src";

const pair = (first: number, second: number, target: number) => ({ first, second, target, weight: 1 });

describe("held-out figures", () => {
  test("accuracy counts comparisons, and by prompt it counts prompts", () => {
    const report = measure([
      { comparisons: [pair(0, 1, 1)], rewards: [1, 0], lengths: [3, 9] },
      { comparisons: [pair(0, 1, 1), pair(0, 2, 1), pair(1, 2, 1)], rewards: [0, 1, 2], lengths: [3, 2, 1] },
    ]);
    expect(report).toMatchObject({
      prompts: 2,
      comparisons: 4,
      accuracy: 0.25,
      accuracyByPrompt: 0.5,
      longerWins: 0.75,
    });
    expect(report.rewardMean).toBeCloseTo(0.8, 10);
  });
  test("a target below one half prefers the second; a tie prefers none and is left out", () => {
    const comparisons = [pair(0, 1, 1 / 3), pair(0, 2, 0.5)];
    const report = measure([{ comparisons, rewards: [0, 1, 5], lengths: [1, 1, 1] }]);
    expect(report).toMatchObject({ comparisons: 1, accuracy: 1, longerWins: 0.5 });
    expect(report.logLoss).toBeCloseTo(Math.log1p(Math.exp(-1)) + 1 / 3, 10);
  });
  test("equal rewards count one half", () => {
    expect(measure([{ comparisons: [pair(0, 1, 1)], rewards: [2, 2], lengths: [1, 2] }]).accuracy).toBe(0.5);
  });
  test("the interval holds the accuracy, narrows with more prompts, and is the same every time", () => {
    const prompts = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        comparisons: [pair(0, 1, 1)],
        rewards: [i % 4, 0.5],
        lengths: [1, 1],
      }));
    const [few, many] = [measure(prompts(40)), measure(prompts(400))];
    expect(few.interval[0]).toBeLessThan(few.accuracy);
    expect(few.interval[1]).toBeGreaterThan(few.accuracy);
    expect(many.interval[1] - many.interval[0]).toBeLessThan((few.interval[1] - few.interval[0]) / 2);
    expect(measure(prompts(40))).toEqual(few);
  });
  test("without a comparison nothing is NaN", () => {
    const report = measure([{ comparisons: [], rewards: [1], lengths: [1] }]);
    expect(report).toMatchObject({ prompts: 0, comparisons: 0, accuracy: 0, interval: [0, 1], logLoss: 0 });
    expect(Object.values(report).flat().every(Number.isFinite)).toBe(true);
  });
});

describe("the difference of two models on the same prompts", () => {
  const judged = (right: readonly boolean[]) =>
    right.map((is) => ({ comparisons: [pair(0, 1, 1)], rewards: is ? [1, 0] : [0, 1], lengths: [1, 1] }));
  const prompts = (count: number, every: number) => Array.from({ length: count }, (_, i) => i % every === 0);

  test("is what one gets right more, as a share of the comparisons", () => {
    expect(pairedDifference(judged([true, true]), judged([true, false]))).toMatchObject({ prompts: 2, accuracy: 0.5 });
    const one = [{ comparisons: [pair(0, 1, 1), pair(0, 2, 0.5)], rewards: [1, 1, 9], lengths: [1, 1, 1] }];
    expect(pairedDifference(one, judged([true]))).toMatchObject({ accuracy: -0.5 });
  });
  test("is certain where the models agree, though each alone is not", () => {
    const [one, other] = [judged(prompts(40, 2)), judged(prompts(40, 2))];
    const { interval } = measure(one);
    expect(interval[1] - interval[0]).toBeGreaterThan(0.2);
    expect(pairedDifference(one, other)).toEqual({ prompts: 40, accuracy: 0, interval: [0, 0] });
  });
  test("has an interval about it that narrows with more prompts", () => {
    const difference = (count: number) => pairedDifference(judged(prompts(count, 1)), judged(prompts(count, 4)))!;
    const [few, many] = [difference(40), difference(400)];
    for (const { accuracy, interval } of [few, many]) {
      expect(accuracy).toBe(0.75);
      expect(interval[0]).toBeLessThan(accuracy);
      expect(interval[1]).toBeGreaterThan(accuracy);
    }
    expect(many.interval[1] - many.interval[0]).toBeLessThan((few.interval[1] - few.interval[0]) / 2);
  });
  test("without a comparison is none", () => {
    expect(pairedDifference([], [])).toBeNull();
  });
});
