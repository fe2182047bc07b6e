import { expect } from "vitest";
import {
  build,
  createExecutor,
  type Dim,
  type DType,
  evaluate,
  type Feeds,
  float32,
  gradient,
  input,
  int64,
  type Runtime,
  resolveShape,
  type Tensor,
  type Value,
} from "../src/index";

/** Sizes of the named dimensions, one draw a run: the same graph must serve them all. */
const draws = [
  { n: 2, t: 3, m: 5 },
  { n: 1, t: 1, m: 1 },
  { n: 3, t: 2, m: 4 },
  { n: 2, t: 2, m: 0 },
] as const;

/** One input of a case: its shape over n, t and m and numbers, and how its elements are drawn. */
export interface Draw {
  readonly shape: readonly Dim[];
  readonly dtype: DType;
  readonly element: (random: () => number) => number;
}

export function uniform(shape: readonly Dim[], low = -2, high = 2): Draw {
  return { shape, dtype: "float32", element: (random) => Math.fround(low + (high - low) * random()) };
}

/** Integers from 0 up to (not including) `end`. */
export function integers(shape: readonly Dim[], end: number): Draw {
  return { shape, dtype: "int64", element: (random) => Math.floor(random() * end) };
}

export function coins(shape: readonly Dim[]): Draw {
  return { shape, dtype: "bool", element: (random) => Number(random() < 0.5) };
}

export interface Case {
  readonly inputs: readonly Draw[];
  readonly of: (...inputs: Tensor[]) => Tensor;
  /** Relative to the largest expected element, or absolute below 1. */
  readonly tolerance?: number;
}

/**
 * Value, shape and gradient of one graph at several sizes: the executor against the reference interpreter, and the symbolic
 * gradient, run by the executor, against central differences of the reference interpreter.
 */
export async function check({ inputs, of, tolerance = 1e-5 }: Case, runtime: Runtime): Promise<void> {
  const leaves = inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  // Carries the named sizes, for graphs that use a size which no input has.
  const sizes = input("sizes", ["n", "t", "m"]);
  const y = of(...leaves);
  const differentiable = y.dtype === "float32" ? leaves.filter(({ dtype }) => dtype === "float32") : [];
  const cotangent = input("cotangent", y.shape);
  const loss =
    y.dtype === "float32"
      ? build.reduceSum(build.mul(y, cotangent))
      : build.fill({ value: 0, shape: [], dtype: "float32" });
  const gradients = Object.fromEntries(
    gradient(loss, differentiable).map((dx, i) => [`d ${differentiable[i]!.name}`, dx]),
  );

  const executor = await createExecutor({ outputs: { y, ...gradients }, inputs: [sizes] }, runtime);
  for (const [seed, bindings] of draws.entries()) {
    const random = randomOf(seed + 1);
    const sizesOf = (shape: readonly Dim[]) => resolveShape(shape, new Map(Object.entries(bindings)));
    const feeds: Record<string, Value> = {};
    inputs.forEach((draw, i) => {
      feeds[`x${i}`] = drawn(draw, sizesOf(draw.shape), random);
    });
    feeds.cotangent = drawn(uniform(y.shape), sizesOf(y.shape), random);
    feeds.sizes = drawn(uniform(["n", "t", "m"]), sizesOf(["n", "t", "m"]), random);

    const actual = await executor.run(feeds);
    const expected = evaluate({ y, sizes }, feeds).y;
    expect(actual.y!.dims).toEqual(sizesOf(y.shape));
    expect(expected.dims).toEqual(sizesOf(y.shape));
    expectClose(actual.y!.data, expected.data, tolerance);
    for (const leaf of differentiable) {
      expect(actual[`d ${leaf.name}`]!.dims).toEqual(feeds[leaf.name!]!.dims);
      expectClose(actual[`d ${leaf.name}`]!.data, finiteDifferences(loss, leaf, sizes, feeds), 3 * tolerance);
    }
  }
  await executor.close();
}

/** Central differences of a scalar in float64, element by element. */
export function finiteDifferences(loss: Tensor, leaf: Tensor, sizes: Tensor, feeds: Feeds, step = 1e-5): Float64Array {
  const point = Float64Array.from(feeds[leaf.name!]!.data as Float32Array);
  const at = (i: number, offset: number) => {
    const data = point.slice();
    data[i]! += offset;
    return evaluate({ loss, sizes }, { ...feeds, [leaf.name!]: { data, dims: feeds[leaf.name!]!.dims } }).loss.data[0]!;
  };
  return point.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

export function expectClose(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(Number(actual[i]) - expected[i]!) / scale;
    if (!(error <= tolerance))
      expect.fail(`element ${i} is ${actual[i]}, not ${expected[i]} (off by ${error} of the largest)`);
  }
}

/** Numbers in [0, 1), the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function drawn({ dtype, element }: Draw, dims: readonly number[], random: () => number): Value {
  const elements = Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => element(random));
  if (dtype === "float32") return float32(elements, dims);
  return dtype === "int64" ? int64(elements, dims) : { data: Uint8Array.from(elements), dims };
}
