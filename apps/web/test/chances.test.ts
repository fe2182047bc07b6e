import { describe, expect, it } from "vitest";
import { chanceOver, ladderOf } from "../src/features/try-it/chances";

describe("the chance to be preferred", () => {
  it("is even for equal rewards, and sums to one both ways round", () => {
    expect(chanceOver(1.5, 1.5)).toBe(0.5);
    expect(chanceOver(2, 0)).toBeCloseTo(0.8808, 4);
    expect(chanceOver(2, 0) + chanceOver(0, 2)).toBeCloseTo(1, 12);
  });
  it("stays a number for rewards far apart", () => {
    expect(chanceOver(-2000, 2000)).toBe(0);
    expect(chanceOver(2000, -2000)).toBe(1);
  });
});

describe("the ladder of rewards", () => {
  it("is best first, each against the next, the last against nobody", () => {
    const rungs = ladderOf([{ reward: -1 }, { reward: 3 }, { reward: 1 }]);
    expect(rungs.map(({ reward }) => reward)).toEqual([3, 1, -1]);
    expect(rungs[0]!.chanceOverNext).toBeCloseTo(0.8808, 4);
    expect(rungs[2]!.chanceOverNext).toBeNull();
  });
  it("draws bars from the lowest to the highest, whatever their sign", () => {
    expect(ladderOf([{ reward: -4 }, { reward: -2 }, { reward: -3 }]).map(({ share }) => share)).toEqual([1, 0.5, 0]);
  });
  it("gives equal rewards equal bars and even chances", () => {
    expect(ladderOf([{ reward: 2 }, { reward: 2 }])).toEqual([
      { reward: 2, share: 1, chanceOverNext: 0.5 },
      { reward: 2, share: 1, chanceOverNext: null },
    ]);
    expect(ladderOf([])).toEqual([]);
  });
});
