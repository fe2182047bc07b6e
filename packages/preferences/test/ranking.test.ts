import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkRanking, InvalidRanking, pairAgreement, type Ranking } from "../src";
import { rankings } from "./rankings";

describe("a ranking is checked", () => {
  const known = ["a", "b", "c"];
  test.each<[string, Ranking<string>, string]>([
    ["names nothing", { tiers: [], unacceptableFrom: null }, "empty"],
    ["has an empty tier", { tiers: [["a"], []], unacceptableFrom: null }, "empty-tier"],
    ["names a completion twice", { tiers: [["a"], ["b", "a"]], unacceptableFrom: null }, "repeated"],
    ["names a completion twice in one tier", { tiers: [["a", "a"]], unacceptableFrom: null }, "repeated"],
    ["names a foreign completion", { tiers: [["a"], ["d"]], unacceptableFrom: null }, "foreign"],
    ["draws the line above the top", { tiers: [["a"]], unacceptableFrom: -1 }, "line"],
    ["draws the line below the bottom", { tiers: [["a"]], unacceptableFrom: 2 }, "line"],
    ["draws the line inside a tier", { tiers: [["a"], ["b"]], unacceptableFrom: 0.5 }, "line"],
  ])("one that %s is refused", (_, ranking, reason) => {
    expect(() => checkRanking(ranking, known)).toThrow(expect.objectContaining({ code: "INVALID_RANKING", reason }));
    expect(() => checkRanking(ranking, known)).toThrow(InvalidRanking);
  });
  test("partial and tied ones pass, with the line anywhere between the tiers", () => {
    fc.assert(
      fc.property(rankings, ({ k, list }) => {
        for (const ranking of list) expect(() => checkRanking(ranking, Array(k).keys())).not.toThrow();
      }),
    );
  });
});

describe("agreement of two labelers", () => {
  const order = (...tiers: number[][]): Ranking<number> => ({ tiers, unacceptableFrom: null });
  test("is the share of pairs that both order strictly, and order alike", () => {
    expect(pairAgreement(order([0], [1], [2]), order([0], [2], [1]))).toEqual({ agreed: 2, pairs: 3 });
    expect(pairAgreement(order([0], [1]), order([1], [0]))).toEqual({ agreed: 0, pairs: 1 });
  });
  test("leaves out ties and what only one of them ranked", () => {
    expect(pairAgreement(order([0, 1], [2]), order([0], [1]))).toEqual({ agreed: 0, pairs: 0 });
    expect(pairAgreement(order([0], [1, 2]), order([0], [1], [2], [3]))).toEqual({ agreed: 2, pairs: 2 });
  });
  test("is whole with oneself, and the same both ways", () => {
    fc.assert(
      fc.property(rankings, ({ list }) => {
        const [one, other] = [list[0]!, list.at(-1)!];
        const self = pairAgreement(one, one);
        expect(self.agreed).toBe(self.pairs);
        expect(pairAgreement(one, other)).toEqual(pairAgreement(other, one));
      }),
    );
  });
});
