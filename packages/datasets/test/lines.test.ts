import { type ChatMessage, comparisonsOf, countComparisons } from "@borda/preferences";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bordaLines, comparisonLines, createGroupMerger, type DatasetRow } from "../src";
import { bytesOf, readAll } from "./sources";

type Group = DatasetRow["group"];

const text = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((value) => value.trim() !== "" && !value.includes("\0"));
const chat = fc.array(fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: text }), {
  minLength: 1,
  maxLength: 4,
}) as fc.Arbitrary<ChatMessage[]>;
const completions = fc.uniqueArray(fc.record({ text, model: fc.option(text, { nil: undefined }) }), {
  selector: (completion) => completion.text,
  minLength: 2,
  maxLength: 5,
});

/** A weak order over some of `k` completions: each goes to a tier or to none, and empty tiers fall out. */
const rankingOf = (k: number) =>
  fc
    .record({
      labeler: text,
      places: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: k, maxLength: k }),
      line: fc.option(fc.nat()),
    })
    .map(({ labeler, places, line }) => {
      const tiers = [0, 1, 2, 3, 4]
        .map((tier) => [...places.keys()].filter((completion) => places[completion] === tier))
        .filter((tier) => tier.length > 0);
      return { labeler, tiers, unacceptableFrom: line === null ? null : line % (tiers.length + 1) };
    })
    .filter(({ tiers }) => tiers.length > 0);

const anyGroup = fc.record({ prompt: fc.oneof(text, chat), completions }).chain(({ prompt, completions }) =>
  fc.array(rankingOf(completions.length), { maxLength: 4 }).map(
    (rankings): Group => ({
      prompt,
      completions: completions.map(({ text, model }) => (model === undefined ? { text } : { text, model })),
      rankings,
    }),
  ),
);

describe("rankings as Borda's own lines", () => {
  test("are read again as they were, whatever the texts, tiers and lines", async () => {
    await fc.assert(
      fc.asyncProperty(anyGroup, async (group) => {
        const lines = [...bordaLines(group)];
        expect(lines).toHaveLength(Math.max(1, group.rankings.length));
        const { format, rows, issues } = await readAll(bytesOf(lines.join("\n")));
        expect([format, issues]).toEqual(["borda", []]);
        const merger = createGroupMerger();
        for (const row of rows) merger.add(row.group);
        expect(merger.groups()).toEqual([{ key: expect.any(String), ...group }]);
      }),
    );
  });
});

interface ComparisonLine {
  readonly prompt: Group["prompt"];
  readonly chosen: string | ChatMessage[];
  readonly rejected: string | ChatMessage[];
  readonly labeler: string;
}
const comparisonsIn = (group: Group) => [...comparisonLines(group)].map((line) => JSON.parse(line) as ComparisonLine);

describe("comparisons, chosen and rejected", () => {
  const [a, b, c, d] = [{ text: "a", model: "tall" }, { text: "b" }, { text: "c" }, { text: "d" }];

  test("of a text prompt are texts; a tie and an unranked completion give no line, each labeler's own stay theirs", () => {
    const rankings = [
      { labeler: "Ada", tiers: [[2], [0, 1]], unacceptableFrom: 1 },
      { labeler: "Bo", tiers: [[0], [2]], unacceptableFrom: null },
    ];
    expect(comparisonsIn({ prompt: "p", completions: [a, b, c, d], rankings })).toEqual([
      { prompt: "p", chosen: "c", rejected: "a", labeler: "Ada" },
      { prompt: "p", chosen: "c", rejected: "b", labeler: "Ada" },
      { prompt: "p", chosen: "a", rejected: "c", labeler: "Bo" },
    ]);
  });

  test("of a chat are messages of the assistant, which follow it", () => {
    const prompt = [{ role: "user", content: "Hi" }] as const satisfies ChatMessage[];
    const rankings = [{ labeler: "Ada", tiers: [[1], [0]], unacceptableFrom: null }];
    expect(comparisonsIn({ prompt: [...prompt], completions: [a, b], rankings })).toEqual([
      {
        prompt,
        chosen: [{ role: "assistant", content: "b" }],
        rejected: [{ role: "assistant", content: "a" }],
        labeler: "Ada",
      },
    ]);
  });

  test("are as many as training counts, and add up to what it learns", () => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        const lines = comparisonsIn(group);
        expect(lines).toHaveLength(group.rankings.reduce((sum, ranking) => sum + countComparisons(ranking).strict, 0));
        const indexOf = (answer: ComparisonLine["chosen"]) =>
          group.completions.findIndex(
            ({ text }) => text === (typeof answer === "string" ? answer : answer[0]!.content),
          );
        const asRankings = lines.map(({ chosen, rejected }) => ({
          tiers: [[indexOf(chosen)], [indexOf(rejected)]],
          unacceptableFrom: null,
        }));
        expect(comparisonsOf(asRankings, "drop")).toEqual(comparisonsOf(group.rankings, "drop"));
      }),
    );
  });

  test("of a prompt that nobody ranked are none", () => {
    expect([...comparisonLines({ prompt: "p", completions: [a, b], rankings: [] })]).toEqual([]);
  });
});
