/** How far our numbers lie from the reference's, over all elements of one or more tensors. */
export interface Figure {
  readonly name: string;
  /** Largest absolute difference of an element. */
  readonly absolute: number;
  /** Largest difference relative to its tensor's largest element; see FLOOR and LAST_BIT for tensors of rounding. */
  readonly relative: number;
  /** Which of the two must not exceed the tolerance. */
  readonly judged: "absolute" | "relative";
  readonly tolerance: number;
  readonly passed: boolean;
  /** The tensor that is farthest off, where there are several. */
  readonly worst?: string;
}

export interface Comparison {
  /** Of the tensor, where several make one figure. */
  readonly tensor?: string;
  readonly actual: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  /** Whether the element of an index counts; all do where left out. */
  readonly counts?: (index: number) => boolean;
}

export const TOLERANCE = 1e-4;
/**
 * A gradient whose elements are all below it is rounding about an exact zero (that of a key's bias, which softmax does not
 * see), where no two engines agree on a digit: ours must lie within the floor of it.
 */
export const FLOOR = 1e-5;
/**
 * The last bit of a float32. What is left of numbers that cancel (in the bias of the last norm or of the head the two
 * rewards of every pair do) is known to the last bit of these numbers, and no engine knows it better.
 */
const LAST_BIT = 2 ** -23;

/** The figure over some tensors. An element that is no number on either side, or a missing one, is infinitely far off. */
export function figure(
  name: string,
  comparisons: readonly Comparison[],
  judged: Figure["judged"],
  tolerance = TOLERANCE,
): Figure {
  const among = comparisons.reduce((most, { expected }) => Math.max(most, largestOf(expected)), 0);
  const each = comparisons.map((comparison) => ({ ...distance(comparison, among), tensor: comparison.tensor }));
  const largest = (measure: "absolute" | "relative") => each.reduce((most, one) => Math.max(most, one[measure]), 0);
  const found = { absolute: largest("absolute"), relative: largest("relative") };
  const worst = each.find((one) => one[judged] === found[judged])?.tensor;
  const passed = comparisons.length > 0 && found[judged] <= tolerance;
  return { name, ...found, judged, tolerance, passed, ...(worst !== undefined && { worst }) };
}

function distance({ actual, expected, counts = () => true }: Comparison, among: number): Distance {
  if (actual.length !== expected.length) return { absolute: Infinity, relative: Infinity };
  let absolute = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!counts(i)) continue;
    const difference = Math.abs(actual[i]! - expected[i]!);
    absolute = Math.max(absolute, Number.isNaN(difference) ? Infinity : difference);
  }
  return { absolute, relative: absolute / scaleOf(largestOf(expected), among) };
}

type Distance = Pick<Figure, "absolute" | "relative">;

/** What a difference is measured by where the largest element is `own`, and `among` that of all tensors of the figure. */
function scaleOf(own: number, among: number): number {
  return own < FLOOR ? FLOOR / TOLERANCE : Math.max(own, (among * LAST_BIT) / TOLERANCE);
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}
