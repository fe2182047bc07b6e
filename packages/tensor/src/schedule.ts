/** Share of the peak rate, from how far the steps after the warm-up have come (0 at the peak, 1 after the last step). */
export const schedules = {
  linear: (progress: number) => 1 - progress,
  cosine: (progress: number) => (1 + Math.cos(Math.PI * progress)) / 2,
  constant: (_progress: number) => 1,
} as const satisfies Record<string, (progress: number) => number>;
export type ScheduleName = keyof typeof schedules;

export interface RatePlan {
  readonly schedule: ScheduleName;
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps over which the rate rises linearly to the peak; the step of this number is the first at the peak. */
  readonly warmupSteps: number;
  /** All steps, warm-up included. */
  readonly steps: number;
}

/**
 * Learning rate of one step, counted from 1.
 *
 * Example: linear, peak 1, 2 of 5 steps warm-up: 1/2, 1, 3/4, 1/2, 1/4.
 */
export function rateAt(step: number, { schedule, peak, warmupSteps, steps }: RatePlan): number {
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const first = Math.max(1, warmupSteps);
  const progress = (step - first) / Math.max(1, steps + 1 - first);
  return peak * schedules[schedule](Math.min(1, progress));
}
