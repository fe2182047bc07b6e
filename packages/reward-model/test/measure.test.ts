import { comparisonsOf, pairAgreement, type Ranking } from "@borda/preferences";
import { describe, expect, test } from "vitest";
import { type Judged, measure, pairedDifference } from "../src";
import { createRandom } from "../src/random";

const pair = (first: number, second: number, target: number, votes: readonly [number, number] = [1, 0]) => ({
  ...{ first, second, target, weight: 1, votes },
});

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
    expect(report.votes).toEqual({ count: 0, agreement: 0, interval: [0, 1], longerWins: 0 });
    const { votes, ...figures } = report;
    expect([...Object.values(figures), ...Object.values(votes!)].flat().every(Number.isFinite)).toBe(true);
  });
});

describe("agreement with single votes", () => {
  const above: Ranking<number> = { tiers: [[0], [1]], unacceptableFrom: null };
  const below: Ranking<number> = { tiers: [[1], [0]], unacceptableFrom: null };
  const tied: Ranking<number> = { tiers: [[0, 1]], unacceptableFrom: null };
  const votesOf = (rankings: readonly Ranking<number>[], rewards: readonly number[]) =>
    measure([{ comparisons: comparisonsOf(rankings), rewards, lengths: [3, 9] }]).votes;

  test("counts each strict vote, an evenly split pair's too; a tie is none", () => {
    expect(votesOf([above, above, below], [1, 0])).toMatchObject({ count: 3, agreement: 2 / 3, longerWins: 1 / 3 });
    expect(votesOf([above, below], [1, 0])).toMatchObject({ count: 2, agreement: 0.5 });
    expect(votesOf([below, tied, tied], [1, 0])).toMatchObject({ count: 1, agreement: 0 });
    expect(votesOf([tied], [1, 0])).toMatchObject({ count: 0, agreement: 0, interval: [0, 1] });
    const comparisons = [pair(0, 1, 2 / 3, [2, 1]), pair(0, 2, 0.5, [1, 1])];
    const report = measure([{ comparisons, rewards: [1, 0, 2], lengths: [1, 1, 1] }]);
    expect(report).toMatchObject({ comparisons: 1, accuracy: 1, votes: { count: 5, agreement: 0.6, longerWins: 0.5 } });
  });
  test("equal rewards count one half, a reward that is no number none", () => {
    expect(votesOf([above, above, below], [2, 2])).toMatchObject({ agreement: 0.5 });
    expect(votesOf([above, above, below], [Number.NaN, 2])).toMatchObject({ count: 3, agreement: 0 });
  });
  test.each([2, 3])("of a model no better than one of %i labelers is theirs with each other", (labelers) => {
    const random = createRandom(labelers);
    const isRight = () => random() < 0.75;
    const judged: Judged[] = [];
    const human = { agreed: 0, pairs: 0 };
    for (let prompt = 0; prompt < 2000; prompt++) {
      const rankings = Array.from({ length: labelers }, () => (isRight() ? above : below));
      judged.push({ comparisons: comparisonsOf(rankings), rewards: isRight() ? [1, 0] : [0, 1], lengths: [1, 1] });
      rankings.forEach((one, at) => {
        for (const other of rankings.slice(at + 1)) {
          const { agreed, pairs } = pairAgreement(one, other);
          human.agreed += agreed;
          human.pairs += pairs;
        }
      });
    }
    const { accuracy, interval, votes } = measure(judged);
    const agreement = human.agreed / human.pairs;
    expect(votes!.count).toBe(2000 * labelers);
    expect(votes!.interval[0]).toBeLessThan(agreement);
    expect(votes!.interval[1]).toBeGreaterThan(agreement);
    // Against the merged vote the same model would stand above the labelers.
    expect(accuracy).toBeGreaterThan(agreement);
    expect(interval[0]).toBeGreaterThan(votes!.agreement);
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
