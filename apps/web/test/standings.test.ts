import { CompletionId, RankingId } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { standingsOf } from "../src/features/prompts/standings";

const [a, b, c] = ["a", "b", "c"].map((id) => CompletionId.parse(id)) as [CompletionId, CompletionId, CompletionId];
const completions = [a, b, c].map((id) => ({ id, text: id, model: null }));
const ranking = (tiers: CompletionId[][]) => ({
  id: RankingId.parse(tiers.join("|")),
  labeler: "Ada",
  imported: false,
  tiers,
  unacceptableFrom: null,
  secondsSpent: null,
  createdAt: new Date(0),
});

describe("the standing of a completion", () => {
  it("is the share of its comparisons that it wins, over all rankings", () => {
    const [first, second, third] = standingsOf({
      completions,
      rankings: [ranking([[a], [b], [c]]), ranking([[b], [a]])],
    });
    expect(first).toEqual({ id: a, won: 2 / 3, comparisons: 3 });
    expect(second).toEqual({ id: b, won: 2 / 3, comparisons: 3 });
    expect(third).toEqual({ id: c, won: 0, comparisons: 2 });
  });
  it("counts a tie one half, and is unknown where nobody ranked", () => {
    const standings = standingsOf({ completions, rankings: [ranking([[a, b]])] });
    expect(standings.map(({ won }) => won)).toEqual([0.5, 0.5, null]);
  });
});
