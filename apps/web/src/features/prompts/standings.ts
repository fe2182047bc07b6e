import { type CompletionId, comparisonsOf } from "@borda/preferences";
import type { PromptStory } from "./views";

/** How a completion fares in the comparisons of all rankings of its prompt. */
export interface CompletionStanding {
  readonly id: CompletionId;
  /** Share of its comparisons that it wins, a tie counting one half; null when nobody ranked it. */
  readonly won: number | null;
  readonly comparisons: number;
}

/** The Borda count of each completion, as a share, in the order of the story's completions. */
export function standingsOf({
  completions,
  rankings,
}: Pick<PromptStory, "completions" | "rankings">): CompletionStanding[] {
  const indexOf = new Map(completions.map(({ id }, index) => [id, index]));
  const indexed = rankings.map(({ tiers, unacceptableFrom }) => ({
    tiers: tiers.map((tier) => tier.map((id) => indexOf.get(id)!)),
    unacceptableFrom,
  }));
  const wins = completions.map(() => 0);
  const counts = completions.map(() => 0);
  for (const { first, second, target, weight } of comparisonsOf(indexed)) {
    wins[first]! += target * weight;
    wins[second]! += (1 - target) * weight;
    counts[first]! += weight;
    counts[second]! += weight;
  }
  return completions.map(({ id }, i) => ({
    id,
    won: counts[i] === 0 ? null : wins[i]! / counts[i]!,
    comparisons: counts[i]!,
  }));
}
