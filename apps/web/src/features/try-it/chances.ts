/** Probability that the first completion is preferred to the second, by the Bradley-Terry model: sigma(r_1 - r_2). */
export function chanceOver(reward: number, other: number): number {
  return 1 / (1 + Math.exp(other - reward));
}

/**
 * Completions best first, each with its chance to beat the next (null for the last) and its bar: `share` in [0, 1] of
 * the way from the lowest reward to the highest. Only differences of rewards mean anything, so the scale has no zero.
 */
export function ladderOf<T extends { readonly reward: number }>(
  scored: readonly T[],
): (T & { readonly share: number; readonly chanceOverNext: number | null })[] {
  const ordered = [...scored].sort((a, b) => b.reward - a.reward);
  const high = ordered[0]?.reward ?? 0;
  const low = ordered.at(-1)?.reward ?? 0;
  return ordered.map((item, i) => {
    const next = ordered[i + 1];
    return {
      ...item,
      share: high === low ? 1 : (item.reward - low) / (high - low),
      chanceOverNext: next ? chanceOver(item.reward, next.reward) : null,
    };
  });
}
