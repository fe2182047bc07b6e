import { CompletionId, checkRanking } from "@borda/preferences";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type RankingAction,
  type RankingState,
  rankingReducer,
  startRanking,
  stillToRank,
  submitCheck,
} from "@/features/labeling/ranking-state";

const ids = [..."ABCDEFGHI"].map((letter) => CompletionId.parse(letter));
const id = (letter: string) => CompletionId.parse(letter);

/** "A BC | D" is A over B tied with C, and D unacceptable. */
function ranked(text: string, k = 6): RankingState {
  const [above = "", below] = text.split("|");
  const tiers = (part: string) =>
    part
      .split(" ")
      .filter(Boolean)
      .map((tier) => [...tier].map(id));
  const top = tiers(above);
  return startRanking(ids.slice(0, k), {
    tiers: [...top, ...tiers(below ?? "")],
    unacceptableFrom: below === undefined ? null : top.length,
  });
}

function shown({ ranking }: RankingState): string {
  const tiers = ranking.tiers.map((tier) => tier.join(""));
  if (ranking.unacceptableFrom !== null) tiers.splice(ranking.unacceptableFrom, 0, "|");
  return tiers.join(" ");
}

const after = (text: string, action: RankingAction) => shown(rankingReducer(ranked(text), action));

describe("a digit puts a completion into a tier", () => {
  test.each([
    ["", "A", 1, "A"],
    ["", "A", 5, "A"],
    ["A", "B", 1, "AB"],
    ["A", "B", 2, "A B"],
    ["A B C", "A", 3, "B CA"],
    ["A B C", "C", 1, "AC B"],
    ["A B C", "A", 9, "B C A"],
    ["A B C", "C", 9, "A B C"],
    ["A BC", "B", 2, "A BC"],
    ["A | B", "A", 2, "| BA"],
    ["A | B", "C", 9, "A | B C"],
    ["A B | C", "C", 1, "AC B |"],
  ])("%j: %s, then %d, gives %j", (before, letter, digit, expected) => {
    expect(after(before, { type: "place", id: id(letter), tier: digit - 1 })).toBe(expected);
  });
});

describe("Shift and a digit insert a tier that then has this number", () => {
  test.each([
    ["", "A", 1, "A"],
    ["A B", "C", 1, "C A B"],
    ["A B", "C", 2, "A C B"],
    ["A B C", "A", 2, "B A C"],
    ["A B C", "C", 1, "C A B"],
    ["AB C", "B", 1, "B A C"],
    ["A B", "B", 2, "A B"],
    ["A | B", "C", 1, "C A | B"],
    ["A | B", "C", 2, "A | C B"],
  ])("%j: %s, then Shift %d, gives %j", (before, letter, digit, expected) => {
    expect(after(before, { type: "insert", id: id(letter), tier: digit - 1 })).toBe(expected);
  });
});

describe("the arrows move a completion past its neighbours and never tie it", () => {
  test.each([
    ["A B C", "C", "raise", "A C B"],
    ["A B C", "A", "raise", "A B C"],
    ["A BC", "C", "raise", "A C B"],
    ["A B C", "A", "lower", "B A C"],
    ["A B C", "C", "lower", "A B C"],
    ["AB C", "A", "lower", "B A C"],
    ["A", "B", "raise", "A B"],
    ["A", "B", "lower", "A"],
  ] as const)("%j: %s, %s, gives %j", (before, letter, type, expected) => {
    expect(after(before, { type, id: id(letter) })).toBe(expected);
  });

  test.each([
    ["A | B", "B", "raise", "A B |"],
    ["A B |", "B", "raise", "B A |"],
    ["A | B", "A", "lower", "| A B"],
    ["| A B", "A", "lower", "| B A"],
    ["A | BC", "C", "raise", "A | C B"],
    ["AB | C", "A", "lower", "B A | C"],
  ] as const)("across the line, %j: %s, %s, gives %j", (before, letter, type, expected) => {
    expect(after(before, { type, id: id(letter) })).toBe(expected);
  });
});

describe("= ties a completion with the tier above", () => {
  test.each([
    ["A B C", "B", "AB C"],
    ["A B C", "A", "A B C"],
    ["A BC", "C", "AC B"],
    ["A", "B", "AB"],
    ["", "A", ""],
    ["A | B", "B", "AB |"],
  ])("%j: %s gives %j", (before, letter, expected) => {
    expect(after(before, { type: "tie", id: id(letter) })).toBe(expected);
  });
});

describe("0 takes a completion out again", () => {
  test.each([
    ["A B C", "B", "A C"],
    ["AB C", "B", "A C"],
    ["A", "A", ""],
    ["A | B", "A", "| B"],
    ["A | B", "B", "A |"],
    ["| A", "A", ""],
    ["A", "B", "A"],
  ])("%j: %s gives %j", (before, letter, expected) => {
    expect(after(before, { type: "unrank", id: id(letter) })).toBe(expected);
  });
});

describe("X draws the line above a completion's tier, and takes it away", () => {
  test.each([
    ["A B C", "B", "A | B C"],
    ["A | B C", "B", "A B C"],
    ["A | B C", "C", "A B | C"],
    ["A B", "A", "| A B"],
    ["A", "B", "A"],
  ])("%j: %s gives %j", (before, letter, expected) => {
    expect(after(before, { type: "line", id: id(letter) })).toBe(expected);
  });
});

describe("a drop in a gap makes a tier there, on the side of the line where it was dropped", () => {
  test.each([
    ["", "A", 0, "below", "A"],
    ["A B", "C", 1, "below", "A C B"],
    ["A B C", "A", 2, "below", "B A C"],
    ["A B C", "A", 1, "below", "A B C"],
    ["AB C", "B", 0, "below", "B A C"],
    ["A | B", "B", 1, "above", "A B |"],
    ["A | B", "A", 1, "below", "| A B"],
    ["A | B", "C", 1, "above", "A C | B"],
    ["A | B", "C", 1, "below", "A | C B"],
    ["| A", "A", 0, "above", "A |"],
  ] as const)("%j: %s into gap %d, %s, gives %j", (before, letter, gap, side, expected) => {
    expect(after(before, { type: "drop", id: id(letter), gap, side })).toBe(expected);
  });
});

test("a key that changes nothing leaves nothing to undo", () => {
  const state = rankingReducer(ranked("A B"), { type: "raise", id: id("A") });
  expect(state.past).toHaveLength(0);
  expect(state.focused).toBe("A");
});

test("a new edit forgets what was undone", () => {
  let state = ranked("A B C");
  state = rankingReducer(state, { type: "raise", id: id("C") });
  state = rankingReducer(state, { type: "undo" });
  state = rankingReducer(state, { type: "lower", id: id("A") });
  expect(rankingReducer(state, { type: "redo" })).toBe(state);
  expect(shown(state)).toBe("B A C");
});

test("an untouched order cannot be submitted, one completion alone neither, and a partial ranking asks", () => {
  expect(submitCheck(ranked("", 3))).toBe("too-few");
  expect(submitCheck(ranked("A", 3))).toBe("too-few");
  expect(submitCheck(ranked("A B", 3))).toBe("partial");
  expect(submitCheck(ranked("A BC", 3))).toBe("whole");
});

const target = fc.constantFrom(...ids, CompletionId.parse("foreign"));
const action: fc.Arbitrary<RankingAction> = fc.oneof(
  fc.record({ type: fc.constantFrom("place", "insert"), id: target, tier: fc.nat(9) }),
  fc.record({ type: fc.constantFrom("raise", "lower", "tie", "unrank", "line", "focus", "fold"), id: target }),
  fc.record({ type: fc.constant("drop"), id: target, gap: fc.nat(9), side: fc.constantFrom("above", "below") }),
  fc.record({ type: fc.constantFrom("undo", "redo") }),
);
const walk = (k: number, actions: readonly RankingAction[]) =>
  actions.reduce(rankingReducer, startRanking(ids.slice(0, k)));

test("whatever is done, no completion is lost, doubled or foreign, no tier is empty, the line stands between tiers", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.array(action, { maxLength: 60 }), (k, actions) => {
      const state = walk(k, actions);
      if (state.ranking.tiers.length > 0) checkRanking(state.ranking, state.completions);
      else expect(state.ranking.unacceptableFrom).toBeNull();
      const everything = [...stillToRank(state), ...state.ranking.tiers.flat()];
      expect(everything.toSorted()).toEqual(state.completions);
    }),
    { numRuns: 2_000 },
  );
});

test("undo inverts every edit, and redo every undo", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const end = walk(6, actions);
      let state = end;
      for (let i = 0; i < end.past.length; i++) state = rankingReducer(state, { type: "undo" });
      expect(shown(state)).toBe("");
      for (let i = 0; i < end.past.length; i++) state = rankingReducer(state, { type: "redo" });
      expect(state.ranking).toEqual(end.ranking);
    }),
    { numRuns: 1_000 },
  );
});
