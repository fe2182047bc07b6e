/** A smooth function and its gradient at a point. */
export type Objective = (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

const HISTORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const SHORTEST_STEP = 1e-6;
/** Share of a value that is rounding in float32. */
const ROUNDING = 1e-6;

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

export interface Stop {
  /** The gradient's largest entry at which a point counts as the minimum. */
  readonly tolerance: number;
  readonly iterations: number;
}

export interface Minimum {
  readonly point: Float64Array;
  /** Of the objective's gradient there. */
  readonly largestSlope: number;
  readonly iterations: number;
  /** Why it ended: at the tolerance, where rounding hides any further decrease, or at the limit. */
  readonly reason: "tolerance" | "rounding" | "iterations";
}

/**
 * Minimises a convex function by L-BFGS (Nocedal & Wright 2006, algorithm 7.5) with a backtracking line search, from
 * `start`, until the gradient's largest entry is below `tolerance` or no step helps.
 */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance, iterations }: Stop,
): Promise<Minimum> {
  let point = start;
  let { value, gradient } = await objective(point);
  const history: Correction[] = [];
  let iteration = 0;
  const ended = (reason: Minimum["reason"]) => ({
    point,
    largestSlope: largest(gradient),
    iterations: iteration,
    reason,
  });
  for (; iteration < iterations && largest(gradient) > tolerance; iteration++) {
    const direction = descent(gradient, history);
    const slope = dot(direction, gradient);
    let length = history.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    let next = along(point, direction, length);
    let found = await objective(next);
    while (!descends(value, slope, length, found, direction)) {
      length /= 2;
      if (length < SHORTEST_STEP) return ended("rounding");
      next = along(point, direction, length);
      found = await objective(next);
    }
    const step = minus(next, point);
    const change = minus(found.gradient, gradient);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * norm(step) * norm(change)) history.push({ step, change, curvature });
    if (history.length > HISTORY) history.shift();
    point = next;
    value = found.value;
    gradient = found.gradient;
  }
  return ended(largest(gradient) <= tolerance ? "tolerance" : "iterations");
}

/**
 * Whether a step goes down enough (Armijo's condition). Where that drowns in the value's rounding, its slope decides:
 * the step must not lead further up the other side than it came down (Hager & Zhang 2005, approximate Wolfe condition).
 */
function descends(
  value: number,
  slope: number,
  length: number,
  found: { readonly value: number; readonly gradient: Float64Array },
  direction: Float64Array,
): boolean {
  if (found.value <= value + SUFFICIENT_DECREASE * length * slope) return true;
  const level = found.value <= value + ROUNDING * Math.abs(value);
  return level && dot(direction, found.gradient) <= (2 * SUFFICIENT_DECREASE - 1) * slope;
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descent(gradient: Float64Array, history: readonly Correction[]): Float64Array {
  const q = gradient.slice();
  const factors = new Map<Correction, number>();
  for (const correction of [...history].reverse()) {
    const factor = dot(correction.step, q) / correction.curvature;
    addScaled(q, correction.change, -factor);
    factors.set(correction, factor);
  }
  const last = history.at(-1);
  const scale = last ? last.curvature / dot(last.change, last.change) : 1;
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  for (const correction of history)
    addScaled(q, correction.step, factors.get(correction)! - dot(correction.change, q) / correction.curvature);
  return q.map((x) => -x);
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

function addScaled(x: Float64Array, y: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i]! += factor * y[i]!;
}

function along(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  return point.map((x, i) => x + length * direction[i]!);
}

function minus(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((value, i) => value - y[i]!);
}

function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}

function largest(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
