import { comparisonsOf, type Ranking } from "@borda/preferences";
import { createOnnxExecutor, evaluate, float32, gradient, parameter } from "@borda/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collate } from "../src/collate";
import type { EncodedGroup } from "../src/encode";
import { type LossTerms, preferenceLoss } from "../src/loss";
import { batchFeeds, comparisonInputs } from "../src/reward-step";

const plain: LossTerms = { beta: 0, centering: 0, margin: 0 };
const sigma = (x: number) => 1 / (1 + Math.exp(-x));

/** Prompts as the loss meets them: k rewards each, and what some labelers ranked. */
interface Judged {
  readonly rewards: readonly number[];
  readonly rankings: readonly Ranking<number>[];
}

/** A weak order over some of k completions, from a tier number or "unranked" for each. */
const rankingOf = (k: number): fc.Arbitrary<Ranking<number>> =>
  fc.array(fc.option(fc.nat(3), { freq: 4 }), { minLength: k, maxLength: k }).map((places) => ({
    tiers: [0, 1, 2, 3]
      .map((tier) => places.flatMap((at, id) => (at === tier ? [id] : [])))
      .filter((t) => t.length > 0),
    unacceptableFrom: null,
  }));
const prompt: fc.Arbitrary<Judged> = fc.integer({ min: 1, max: 6 }).chain((k) =>
  fc.record({
    rewards: fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: k, maxLength: k }),
    rankings: fc.array(rankingOf(k), { minLength: 0, maxLength: 3 }),
  }),
);

/**
 * The loss written out: every ordered vote of every labeler on its own, by the definition in loss.ts, and its slope in
 * each reward. Shares no code with collation or comparisonsOf.
 */
function writtenOut(prompts: readonly Judged[], { beta, centering, margin }: LossTerms) {
  const votes = prompts.map(({ rankings }) =>
    rankings.flatMap(({ tiers }) => {
      const placed = tiers.flatMap((tier, rank) => tier.map((id) => ({ id, rank })));
      return placed.flatMap((p, at) => placed.slice(at + 1).map((q) => ({ i: p.id, j: q.id, tie: p.rank === q.rank })));
    }),
  );
  const counted = votes.filter((list) => list.length > 0).length;
  let loss = 0;
  const slopes = prompts.map(({ rewards }) => rewards.map(() => 0));
  prompts.forEach(({ rewards }, at) => {
    for (const { i, j, tie } of votes[at]!) {
      const share = 1 / (votes[at]!.length * counted);
      for (const [win, lose, part] of tie
        ? ([
            [i, j, 0.5],
            [j, i, 0.5],
          ] as const)
        : ([[i, j, 1]] as const)) {
        const d = rewards[win]! - rewards[lose]! - margin;
        loss -= share * part * Math.log(sigma(d));
        slopes[at]![win]! -= share * part * (1 - sigma(d));
        slopes[at]![lose]! += share * part * (1 - sigma(d));
      }
      const [p, q] = [rewards[i]!, rewards[j]!];
      loss += share * ((beta * (p * p + q * q)) / 2 + centering * (p + q) ** 2);
      slopes[at]![i]! += share * (beta * p + 2 * centering * (p + q));
      slopes[at]![j]! += share * (beta * q + 2 * centering * (p + q));
    }
  });
  return { loss, slopes };
}

const encodedOf = ({ rewards, rankings }: Judged, index: number): EncodedGroup => ({
  key: `${index}`,
  rows: rewards.map(() => ({ ids: [7], segmentIds: [1], completionStart: 0, completionEnd: 1, truncated: false })),
  completions: rewards.map((_, id) => id),
  comparisons: comparisonsOf(rankings),
  lengths: rewards.map(() => 1),
});

/** Loss and slopes by the graph, over the prompts that have a comparison. */
function graphOf(count: number, terms: LossTerms) {
  const rewards = parameter("rewards", [count]);
  const loss = preferenceLoss(rewards, comparisonInputs(), terms);
  return { loss, slopes: gradient(loss, [rewards])[0]! };
}

describe("the loss is the pairwise formula written out", () => {
  const terms = fc.record({
    beta: fc.constantFrom(0, 0.1),
    centering: fc.constantFrom(0, 0.05),
    margin: fc.constantFrom(0, 0.7),
  });
  test("value and gradient, on random weak orders of several labelers", () => {
    fc.assert(
      fc.property(fc.array(prompt, { minLength: 1, maxLength: 5 }), terms, (prompts, chosen) => {
        const batch = collate(prompts.map(encodedOf), 0);
        const judged = prompts.filter(({ rankings }) => comparisonsOf(rankings).length > 0);
        const rewards = judged.flatMap((each) => each.rewards);
        const expected = writtenOut(judged, chosen);
        if (rewards.length === 0) {
          expect([batch.n, batch.first.length]).toEqual([0, 0]);
          return;
        }
        const { loss, slopes } = graphOf(rewards.length, chosen);
        const { value, slope } = evaluate(
          { value: loss, slope: slopes },
          { ...batchFeeds(batch), rewards: float32(rewards) },
        );
        expect(value!.data[0]).toBeCloseTo(expected.loss, 5);
        expected.slopes.flat().forEach((each, at) => void expect(slope!.data[at]).toBeCloseTo(each, 5));
      }),
      { numRuns: 200 },
    );
  });

  test("the native library agrees with the reference interpreter", async () => {
    const prompts: Judged[] = [
      { rewards: [2, -1, 0.5], rankings: [{ tiers: [[0], [1, 2]], unacceptableFrom: null }] },
      { rewards: [80, -80], rankings: [{ tiers: [[1], [0]], unacceptableFrom: null }] },
    ];
    const batch = collate(prompts.map(encodedOf), 0);
    const { loss, slopes } = graphOf(5, { beta: 0.1, centering: 0.01, margin: 0.5 });
    const executor = await createOnnxExecutor({ outputs: { loss, slopes } });
    const feeds = { ...batchFeeds(batch), rewards: float32(prompts.flatMap(({ rewards }) => rewards)) };
    const found = await executor.run(feeds);
    const { value, slope } = evaluate({ value: loss, slope: slopes }, feeds);
    expect(found.loss!.data[0]).toBeCloseTo(value!.data[0]!, 3);
    slope!.data.forEach((each, at) => void expect(found.slopes!.data[at]).toBeCloseTo(each, 4));
    await executor.close();
  });
});

describe("worked examples", () => {
  const lossOf = (prompts: Judged[], terms = plain) => {
    const batch = collate(prompts.map(encodedOf), 0);
    const rewards = prompts.filter(({ rankings }) => comparisonsOf(rankings).length > 0).flatMap((p) => p.rewards);
    const { loss } = graphOf(rewards.length, terms);
    return evaluate({ loss }, { ...batchFeeds(batch), rewards: float32(rewards) }).loss!.data[0];
  };
  const order = (...tiers: number[][]) => [{ tiers, unacceptableFrom: null }];

  test("one pair as TRL's RewardTrainer has it: -log sigma(chosen - rejected)", () => {
    expect(lossOf([{ rewards: [2, 0], rankings: order([0], [1]) }])).toBeCloseTo(0.1269, 4);
    expect(lossOf([{ rewards: [0, 2], rankings: order([0], [1]) }])).toBeCloseTo(2.1269, 4);
    const withMargin = { ...plain, margin: 1 };
    expect(lossOf([{ rewards: [2, 0], rankings: order([0], [1]) }], withMargin)).toBeCloseTo(
      Math.log1p(Math.exp(-1)),
      5,
    );
    const centred = { ...plain, centering: 0.01 };
    expect(lossOf([{ rewards: [2, 1], rankings: order([0], [1]) }], centred)).toBeCloseTo(0.3133 + 0.09, 4);
  });
  test("a ranking of four is the mean of its six pairs", () => {
    const rewards = [1, 0.5, 0.2, -1];
    const pairs = [0.5, 0.8, 2, 0.3, 1.5, 1.2].map((d) => Math.log1p(Math.exp(-d)));
    const mean = pairs.reduce((sum, each) => sum + each, 0) / 6;
    expect(lossOf([{ rewards, rankings: order([0], [1], [2], [3]) }])).toBeCloseTo(mean, 5);
  });
  test("a long ranking weighs as much as a short one", () => {
    const short = { rewards: [1, 0], rankings: order([0], [1]) };
    const long = { rewards: [3, 2, 1, 0], rankings: order([3], [2], [1], [0]) };
    expect(lossOf([short, long])).toBeCloseTo((lossOf([short])! + lossOf([long])!) / 2, 5);
  });
  test("one completion, no ranking, an unranked completion: nothing is added, and nothing is NaN", () => {
    const real = { rewards: [1, 0], rankings: order([0], [1]) };
    const nothing = [
      { rewards: [5], rankings: order([0]) },
      { rewards: [5, 6], rankings: [] },
      { rewards: [5, 6], rankings: order([1]) },
    ];
    expect(lossOf([...nothing, real])).toBeCloseTo(lossOf([real])!, 6);
  });
  test("all tied at equal rewards: log 2, and no slope", () => {
    const tied = { rewards: [0.3, 0.3, 0.3], rankings: order([0, 1, 2]) };
    expect(lossOf([tied])).toBeCloseTo(Math.LN2, 6);
    const batch = collate([encodedOf(tied, 0)], 0);
    const { slopes } = graphOf(3, plain);
    const { slope } = evaluate({ slope: slopes }, { ...batchFeeds(batch), rewards: float32([0.3, 0.3, 0.3]) });
    slope!.data.forEach((each) => void expect(each).toBeCloseTo(0, 7));
  });
});

test("each completion is one row, however many comparisons it stands in", () => {
  const nine: Judged = {
    rewards: Array(9).fill(0),
    rankings: [{ tiers: Array.from({ length: 9 }, (_, id) => [id]), unacceptableFrom: null }],
  };
  const batch = collate([encodedOf(nine, 0), encodedOf(nine, 1)], 0);
  expect([batch.n, batch.first.length, batch.groupLengths]).toEqual([18, 72, [9, 9]]);
  expect(batch.weight.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
});
