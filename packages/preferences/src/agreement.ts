import type { Ranking } from "./ranking";

/**
 * Share of completion pairs that two labelers of one prompt order alike, over the pairs that both rank strictly.
 * `pairs` is 0 when there is no such pair.
 */
export function pairAgreement(one: Ranking<number>, other: Ranking<number>): { agreed: number; pairs: number } {
  const [p, q] = [rankOf(one), rankOf(other)];
  const shared = [...p.keys()].filter((id) => q.has(id));
  let agreed = 0;
  let pairs = 0;
  for (let a = 0; a < shared.length; a++) {
    for (let b = a + 1; b < shared.length; b++) {
      const x = Math.sign(p.get(shared[a]!)! - p.get(shared[b]!)!);
      const y = Math.sign(q.get(shared[a]!)! - q.get(shared[b]!)!);
      if (x === 0 || y === 0) continue;
      pairs += 1;
      if (x === y) agreed += 1;
    }
  }
  return { agreed, pairs };
}

function rankOf(ranking: Ranking<number>): Map<number, number> {
  return new Map(ranking.tiers.flatMap((tier, rank) => tier.map((id) => [id, rank] as const)));
}
