/** How far our numbers lie from the reference's, over all elements of one or more tensors. */
export interface Figure {
  readonly name: string;
  /** Largest absolute difference of an element. */
  readonly absolute: number;
  /** Largest difference relative to its tensor's largest element; for a tensor below FLOOR, see there. */
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

/** The figure over some tensors. An element that is no number on either side, or a missing one, is infinitely far off. */
export function figure(
  name: string,
  comparisons: readonly Comparison[],
  judged: Figure["judged"],
  tolerance = TOLERANCE,
): Figure {
  const each = comparisons.map((comparison) => ({ ...distance(comparison), tensor: comparison.tensor }));
  const largest = (measure: "absolute" | "relative") => each.reduce((most, one) => Math.max(most, one[measure]), 0);
  const found = { absolute: largest("absolute"), relative: largest("relative") };
  const worst = each.find((one) => one[judged] === found[judged])?.tensor;
  const passed = comparisons.length > 0 && found[judged] <= tolerance;
  return { name, ...found, judged, tolerance, passed, ...(worst !== undefined && { worst }) };
}

function distance({ actual, expected, counts = () => true }: Comparison): Distance {
  if (actual.length !== expected.length) return { absolute: Infinity, relative: Infinity };
  let absolute = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!counts(i)) continue;
    const difference = Math.abs(actual[i]! - expected[i]!);
    absolute = Math.max(absolute, Number.isNaN(difference) ? Infinity : difference);
  }
  const largest = largestOf(expected);
  return { absolute, relative: absolute / (largest < FLOOR ? FLOOR / TOLERANCE : largest) };
}

type Distance = Pick<Figure, "absolute" | "relative">;

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}
