import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparisonsOf, countComparisons, type Ranking } from "../src";
import { rankingOf, rankings } from "./rankings";

const ranking = (...tiers: number[][]): Ranking<number> => ({ tiers, unacceptableFrom: null });
const tierOf = ({ tiers }: Ranking<number>, id: number) => tiers.findIndex((tier) => tier.includes(id));

describe("a ranking makes comparisons", () => {
  test("k completions in k tiers make k choose 2, all won by the one above", () => {
    const nine = ranking(...Array.from({ length: 9 }, (_, id) => [id]));
    const pairs = comparisonsOf([nine]);
    expect(pairs).toHaveLength(36);
    expect(pairs.every(({ first, second, target, weight }) => first < second && target === 1 && weight === 1)).toBe(
      true,
    );
  });
  test("two labelers who disagree leave one half, and their votes add up", () => {
    expect(comparisonsOf([ranking([0], [1, 2]), ranking([1], [0])])).toEqual([
      { first: 0, second: 1, target: 0.5, weight: 2, votes: [1, 1] },
      { first: 0, second: 2, target: 1, weight: 1, votes: [1, 0] },
      { first: 1, second: 2, target: 0.5, weight: 1, votes: [0, 0] },
    ]);
  });
  test("dropped ties make no pair, and a lone completion makes none", () => {
    expect(comparisonsOf([ranking([0, 1, 2])], "drop")).toEqual([]);
    expect(comparisonsOf([ranking([4])])).toEqual([]);
    expect(comparisonsOf([])).toEqual([]);
  });

  test("each pair of completions that some labeler ranked both occurs once, by the votes counted one by one", () => {
    fc.assert(
      fc.property(rankings, fc.constantFrom("half" as const, "drop" as const), ({ k, list }, ties) => {
        const expected = [];
        for (let first = 0; first < k; first++)
          for (let second = first + 1; second < k; second++) {
            const votes = list
              .map((each) => tierOf(each, second) - tierOf(each, first))
              .filter((_, at) => tierOf(list[at]!, first) >= 0 && tierOf(list[at]!, second) >= 0)
              .filter((distance) => ties === "half" || distance !== 0);
            if (votes.length === 0) continue;
            const wins = votes.reduce((sum, distance) => sum + (distance > 0 ? 1 : distance === 0 ? 0.5 : 0), 0);
            const strict = [
              votes.filter((distance) => distance > 0).length,
              votes.filter((distance) => distance < 0).length,
            ];
            const weight = votes.length;
            expected.push({ first, second, target: wins / weight, weight, votes: strict });
          }
        expect(comparisonsOf(list, ties)).toEqual(expected);
      }),
    );
  });
  test("turning every ranking upside down turns every target", () => {
    fc.assert(
      fc.property(rankings, ({ list }) => {
        const turned = comparisonsOf(list.map((each) => ({ ...each, tiers: [...each.tiers].reverse() })));
        comparisonsOf(list).forEach(({ target }, at) => void expect(turned[at]!.target).toBeCloseTo(1 - target, 12));
      }),
    );
  });
  test("counting them gives as many as listing them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }).chain(rankingOf), (each) => {
        const listed = comparisonsOf([each]);
        const ties = listed.filter(({ target }) => target === 0.5).length;
        expect(countComparisons(each)).toEqual({ strict: listed.length - ties, ties });
      }),
    );
  });
});
