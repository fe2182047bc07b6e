export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** By the nearest rank; NaN of no values. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}
