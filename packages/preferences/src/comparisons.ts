import type { Ranking } from "./ranking";

/**
 * A pair of completions of one prompt, by their index there, with the share of labelers who prefer the first.
 * target is in [0, 1] (a tie counts one half); weight is the number of labelers who judged the pair. votes are those who
 * ranked the first above the second, and the second above the first: a tie is neither.
 */
export interface Comparison {
  readonly first: number;
  readonly second: number;
  readonly target: number;
  readonly weight: number;
  readonly votes: readonly [first: number, second: number];
}

/** What a tie becomes: half a vote for each side, or nothing. */
export type TieRule = "half" | "drop";

/**
 * All k-choose-2 comparisons of the rankings of one prompt (Ouyang et al. 2022, section 3.5), merged over labelers:
 * each pair of distinct completions occurs once, with first < second. Pairs inside a tier are ties; an unranked
 * completion makes no pair. Ordered by (first, second).
 *
 * Example: rankings [[0], [1, 2]] and [[1], [0]] give (0,1: 1/2, weight 2, votes 1:1), (0,2: 1, weight 1, votes 1:0) and
 * (1,2: 1/2, weight 1, votes 0:0).
 */
export function comparisonsOf(rankings: readonly Ranking<number>[], ties: TieRule = "half"): Comparison[] {
  const counts = new Map<string, { first: number; second: number; ties: number; votes: [number, number] }>();
  for (const { tiers } of rankings) {
    const placed = tiers.flatMap((tier, rank) => tier.map((completion) => ({ completion, rank })));
    for (let a = 0; a < placed.length; a++) {
      for (let b = a + 1; b < placed.length; b++) {
        const [p, q] = [placed[a]!, placed[b]!];
        if (p.rank === q.rank && ties === "drop") continue;
        const [x, y] = p.completion < q.completion ? [p, q] : [q, p];
        const key = `${x.completion}:${y.completion}`;
        const count = counts.get(key) ?? { first: x.completion, second: y.completion, ties: 0, votes: [0, 0] };
        if (x.rank === y.rank) count.ties += 1;
        else count.votes[x.rank < y.rank ? 0 : 1] += 1;
        counts.set(key, count);
      }
    }
  }
  return [...counts.values()]
    .map(({ first, second, ties, votes }) => {
      const weight = ties + votes[0] + votes[1];
      return { first, second, target: (votes[0] + ties / 2) / weight, weight, votes };
    })
    .sort((x, y) => x.first - y.first || x.second - y.second);
}

/** How many comparisons one ranking makes, without listing them: pairs in different tiers, and ties. */
export function countComparisons(ranking: Ranking<unknown>): { strict: number; ties: number } {
  const ranked = ranking.tiers.reduce((sum, tier) => sum + tier.length, 0);
  const ties = ranking.tiers.reduce((sum, tier) => sum + (tier.length * (tier.length - 1)) / 2, 0);
  return { strict: (ranked * (ranked - 1)) / 2 - ties, ties };
}
