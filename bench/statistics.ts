/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((p, q) => p - q);
  const at = (sorted.length - 1) / 2;
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

/** Student's t at 97.5 % by degrees of freedom; beyond these the normal's is near enough. */
const student = [Number.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
const normal = 1.96;

/** Mean, and half the width of its 95 % interval: infinite for one value. */
export function meanWithin(values: readonly number[]): { readonly mean: number; readonly reach: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const freedom = values.length - 1;
  if (freedom === 0) return { mean, reach: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  return { mean, reach: (student[freedom] ?? normal) * Math.sqrt(variance / values.length) };
}
