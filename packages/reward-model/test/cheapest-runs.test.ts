import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cheapestRuns } from "../src/cheapest-runs";

const lengths = fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 9 });
const budget = fc.integer({ min: 1, max: 2000 });

/** Rows times the longest, and what a run costs beside. */
const costOf = (runs: readonly (readonly number[])[], run: number) =>
  runs.reduce((sum, lengths) => sum + lengths.length * Math.max(...lengths) + run, 0);

/** Every way to cut a list. */
function* cuts(list: readonly number[]): Generator<number[][]> {
  if (list.length === 0) yield [];
  for (let first = 1; first <= list.length; first++)
    for (const rest of cuts(list.slice(first))) yield [list.slice(0, first), ...rest];
}

describe("the runs of a scorer", () => {
  test("hold every row once, and no more tokens than a run may have unless it is one row", () => {
    fc.assert(
      fc.property(lengths, budget, (rows, most) => {
        const runs = cheapestRuns(rows, most);
        expect(runs.flat().sort((p, q) => p - q)).toEqual([...rows.keys()]);
        for (const run of runs)
          expect(run.length === 1 || run.length * Math.max(...run.map((row) => rows[row]!)) <= most).toBe(true);
      }),
    );
  });

  test("cost the least of all ways to cut the sorted rows", () => {
    fc.assert(
      fc.property(lengths, budget, fc.integer({ min: 0, max: 100 }), (rows, most, run) => {
        const allowed = [...cuts([...rows].sort((p, q) => p - q))].filter((runs) =>
          runs.every((run) => run.length === 1 || run.length * Math.max(...run) <= most),
        );
        const best = Math.min(...allowed.map((runs) => costOf(runs, run)));
        const found = cheapestRuns(rows, most, run).map((each) => each.map((row) => rows[row]!));
        expect(costOf(found, run)).toBe(best);
      }),
    );
  });

  test("take rows of one length together, and leave a short row alone rather than pad it to a long one", () => {
    expect(cheapestRuns([100, 100, 100, 100], 8192)).toEqual([[0, 1, 2, 3]]);
    expect(cheapestRuns([500, 20, 500], 8192)).toEqual([[1], [0, 2]]);
    expect(cheapestRuns([], 8192)).toEqual([]);
  });
});
