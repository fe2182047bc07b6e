/** Probability that the first completion is preferred to the second, by the Bradley-Terry model: sigma(r_1 - r_2). */
export function chanceOver(reward: number, other: number): number {
  return 1 / (1 + Math.exp(other - reward));
}

/**
 * Completions best first, each with its chance to beat the next (null for the last), and the scale of their bars:
 * `low` to `high`, which always contains 0.
 */
export function ladderOf<T extends { readonly reward: number }>(
  scored: readonly T[],
): { low: number; high: number; rungs: (T & { chanceOverNext: number | null })[] } {
  const ordered = [...scored].sort((a, b) => b.reward - a.reward);
  const rewards = ordered.map(({ reward }) => reward);
  return {
    low: Math.min(0, ...rewards),
    high: Math.max(0, ...rewards),
    rungs: ordered.map((item, i) => {
      const next = ordered[i + 1];
      return { ...item, chanceOverNext: next ? chanceOver(item.reward, next.reward) : null };
    }),
  };
}

/** Where a reward's bar begins and how wide it is, in percent of the scale; rewards below 0 grow to the left of it. */
export function barOf(reward: number, low: number, high: number): { start: number; width: number } {
  const span = high - low || 1;
  const [from, to] = reward < 0 ? [reward, 0] : [0, reward];
  return { start: ((from - low) / span) * 100, width: ((to - from) / span) * 100 };
}
