import type { PreferenceGroup } from "@borda/preferences";
import { type Backbone, loadBackbone } from "@borda/transformer";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeGroup, encodeGroups } from "../src/encode";

let backbone: Backbone;
beforeAll(async () => {
  backbone = await loadBackbone("starter");
}, 60_000);

const words = (count: number, word = "word") => Array.from({ length: count }, (_, i) => `${word}${i}`).join(" ");
const group = (texts: string[], tiers: number[][]): PreferenceGroup => ({
  key: "k",
  prompt: words(80, "question"),
  completions: texts.map((text) => ({ text })),
  rankings: [{ labeler: "a", tiers, unacceptableFrom: null }],
});
const contextOf = ({ ids, completionStart }: { ids: readonly number[]; completionStart: number }) =>
  ids.slice(0, completionStart);

describe("a prompt's completions", () => {
  test("keep one cut of the prompt, whatever their lengths and ranks", () => {
    const texts = ["short", words(12), words(30), words(50)];
    const { rows } = encodeGroup(group(texts, [[3], [0], [2], [1]]), backbone.tokenizer, 96);
    for (const row of rows) {
      expect(contextOf(row)).toEqual(contextOf(rows[0]!));
      expect(row.ids.length).toBeLessThanOrEqual(96);
    }
  });
  test("are encoded as they are when all of them are scored, though only the ranked ones get a row", () => {
    const texts = ["short", words(12), words(60)];
    const encoded = encodeGroup(group(texts, [[1], [0]]), backbone.tokenizer, 96);
    const scored = backbone.tokenizer.encodeGroup(words(80, "question"), texts, 96);
    expect(encoded.completions).toEqual([0, 1]);
    expect(encoded.rows).toEqual(scored.slice(0, 2));
    expect(encoded.comparisons).toEqual([{ first: 0, second: 1, target: 0, weight: 1, votes: [0, 1] }]);
  });
  test("without a comparison are left out of training", () => {
    const none = [group(["a"], [[0]]), group(["a", "b"], [[1]]), { ...group(["a", "b"], [[0]]), rankings: [] }];
    expect(encodeGroups(none, backbone.tokenizer, 64)).toEqual([]);
    expect(encodeGroups([group(["a", "b"], [[0, 1]])], backbone.tokenizer, 64, "drop")).toEqual([]);
    expect(encodeGroups([group(["a", "b"], [[0, 1]])], backbone.tokenizer, 64, "half")).toHaveLength(1);
  });
});
