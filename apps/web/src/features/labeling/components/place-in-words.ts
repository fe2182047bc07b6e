import type { CompletionId } from "@borda/preferences";
import { listLetters } from "../letters";
import { tierOf } from "../ranking-edits";
import type { RankingState } from "../ranking-state";
import { letterIn } from "./deck";

/** "tier 2 of 3, tied with A, unacceptable", or "to rank". */
export function placeInWords(state: Pick<RankingState, "completions" | "ranking">, id: CompletionId): string {
  const { tiers, unacceptableFrom } = state.ranking;
  const at = tierOf(state.ranking, id);
  if (at < 0) return "to rank";
  const tied = tiers[at]!.filter((other) => other !== id).map((other) => letterIn(state, other));
  return [
    `tier ${at + 1} of ${tiers.length}`,
    ...(tied.length > 0 ? [`tied with ${listLetters(tied.toSorted())}`] : []),
    ...(unacceptableFrom !== null && at >= unacceptableFrom ? ["unacceptable"] : []),
  ].join(", ");
}
