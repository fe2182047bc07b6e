import { describe, expect, it } from "vitest";
import { barOf, chanceOver, ladderOf } from "../src/features/try-it/chances";

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
    const { rungs } = ladderOf([{ reward: -1 }, { reward: 3 }, { reward: 1 }]);
    expect(rungs.map(({ reward }) => reward)).toEqual([3, 1, -1]);
    expect(rungs[0]!.chanceOverNext).toBeCloseTo(0.8808, 4);
    expect(rungs[2]!.chanceOverNext).toBeNull();
  });
  it("has 0 on its scale, so that a bar's length means the reward", () => {
    expect(ladderOf([{ reward: 2 }, { reward: 3 }])).toMatchObject({ low: 0, high: 3 });
    expect(ladderOf([{ reward: -2 }, { reward: -3 }])).toMatchObject({ low: -3, high: 0 });
  });
  it("draws negative rewards to the left of 0", () => {
    expect(barOf(-1, -1, 3)).toEqual({ start: 0, width: 25 });
    expect(barOf(3, -1, 3)).toEqual({ start: 25, width: 75 });
    expect(barOf(0, 0, 0)).toEqual({ start: 0, width: 0 });
  });
});
