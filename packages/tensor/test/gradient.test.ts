import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  build as b,
  constant,
  evaluate,
  float32,
  gradient,
  input,
  parameter,
  ShapeMismatch,
  type Tensor,
  topologicalOrder,
} from "../src/index";
import { check, expectClose, finiteDifferences, randomOf, uniform } from "./check";

const x = parameter("x", [2, 3]);
const feeds = { x: float32([0.5, -1, 2, 0.25, 1.5, -0.75], [2, 3]) };

describe("the reverse walk", () => {
  it("adds the adjoints of a shared subexpression, and builds its gradient once", () => {
    const shared = b.tanh(x);
    const loss = b.reduceSum(b.add(b.mul(shared, shared), b.exp(shared)));
    const [dx] = gradient(loss, [x]);
    expectClose(evaluate({ dx: dx! }, feeds).dx.data, finiteDifferences(loss, x, x, feeds), 1e-8);
    const squares = topologicalOrder([dx!]).filter(({ op, inputs }) => op === "square" && inputs[0] === shared);
    expect(squares).toHaveLength(1);
  });

  it("joins the adjoints of slices that lie side by side, in either order, and adds those that overlap", () => {
    const whole = b.exp(x);
    const part = (start: number, end: number) => b.slice(whole, { axis: 1, start, end });
    const sumOf = (...parts: Tensor[]) =>
      parts.map((each, i) => b.reduceSum(b.mul(b.square(each), i + 1))).reduce((sum, each) => b.add(sum, each));
    const losses = [
      [sumOf(part(0, 1), part(1, 3)), ["concat"]],
      [sumOf(part(1, 3), part(0, 1)), ["concat"]],
      [sumOf(part(0, 1), part(1, 2), part(2, 3)), ["concat"]],
      [sumOf(part(2, 3), part(1, 2), part(0, 1)), ["concat"]],
      [sumOf(part(0, 1), part(1, 2)), ["concat", "pad"]],
      [sumOf(part(0, 2), part(1, 3)), ["pad", "pad"]],
    ] as const;
    for (const [loss, ops] of losses) {
      const [dx] = gradient(loss, [x]);
      expectClose(evaluate({ dx: dx! }, feeds).dx.data, finiteDifferences(loss, x, x, feeds), 1e-7);
      const found = topologicalOrder([dx!]).filter(({ op }) => ["pad", "concat"].includes(op));
      expect(found.map(({ op }) => op)).toEqual(ops);
    }
  });

  it("gives zeros of the right shape for a parameter that the loss does not depend on", () => {
    const unreached = parameter("y", [4, 2]);
    const [dy] = gradient(b.reduceSum(x), [unreached]);
    expect(evaluate({ dy: dy! }, feeds).dy).toEqual({ dims: [4, 2], data: new Float64Array(8) });
  });

  it("differentiates by any tensor on the way, and by the loss itself", () => {
    const middle = b.square(x);
    const loss = b.reduceSum(b.mul(middle, 3));
    const [dm, dl] = gradient(loss, [middle, loss]);
    expect(Array.from(evaluate({ dm: dm! }, feeds).dm.data)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(Array.from(evaluate({ dl: dl! }).dl.data)).toEqual([1]);
  });

  it("differentiates a gradient", () => {
    const [dx] = gradient(b.reduceSum(b.gelu(x)), [x]);
    const loss = b.reduceSum(b.square(dx!));
    const [ddx] = gradient(loss, [x]);
    expectClose(evaluate({ ddx: ddx! }, feeds).ddx.data, finiteDifferences(loss, x, x, feeds), 1e-6);
  });

  it("walks a chain of twenty thousand tensors", () => {
    let y: Tensor = b.reduceSum(x);
    for (let i = 0; i < 20_000; i++) y = b.neg(y);
    expect(Array.from(evaluate({ dx: gradient(y, [x])[0]! }, feeds).dx.data)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("asks for a scalar", () => {
    expect(() => gradient(x, [x])).toThrow(ShapeMismatch);
  });

  it("equals finite differences on random graphs", async () => {
    const operations: ((y: Tensor, z: Tensor) => Tensor)[] = [
      (y, z) => b.add(y, z),
      (y, z) => b.mul(y, b.sigmoid(z)),
      (y, z) => b.div(y, b.add(b.square(z), 1)),
      (y) => b.gelu(y),
      (y) => b.softmax(y, { axis: -1 }),
      (y) => b.softplus(y),
      (y, z) => b.matmul(b.softmax(b.matmul(y, z, { transposeY: true }), { axis: 1 }), z),
      (y) =>
        b.concat(b.slice(y, { axis: 1, start: 1, end: 3 }), b.slice(y, { axis: 1, start: 0, end: 1 }), { axis: 1 }),
      (y) => b.sub(y, b.reduceMean(y, { axes: [1], keepDims: true })),
      (y) => b.layerNorm(y, constant([1, 2, 0.5]), constant([0, 1, -1]), { epsilon: 1e-2 }),
    ];
    const program = fc.array(fc.tuple(fc.nat(operations.length - 1), fc.nat(9), fc.nat(9)), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(program, (steps) =>
        check(
          {
            inputs: [uniform(["n", 3], -1, 1), uniform(["n", 3], -1, 1)],
            tolerance: 1e-4,
            of: (...inputs) => {
              const made = [...inputs];
              for (const [op, i, j] of steps)
                made.push(operations[op]!(made[i % made.length]!, made[j % made.length]!));
              return made.at(-1)!;
            },
          },
          { threads: 2 },
        ),
      ),
      { numRuns: 25, seed: 1 },
    );
  });
});

describe("the k-choose-2 loss", () => {
  /** -log sigma(r_i - r_j), written out, for rewards [k] ranked best first. */
  const writtenOut = (rewards: readonly number[]) => {
    const gaps = rewards.flatMap((r, i) => rewards.slice(i + 1).map((s) => r - s));
    return gaps.reduce((sum, gap) => sum + Math.log1p(Math.exp(-gap)), 0) / gaps.length;
  };

  it("over gathered pairs is the pairwise formula, however large the rewards", () => {
    const rewards = input("rewards", ["k"]);
    const [first, second] = ["first", "second"].map((name) => input(name, ["p"], "int64"));
    const loss = b.reduceMean(b.softplus(b.sub(b.gather(rewards, second!), b.gather(rewards, first!))));
    const random = randomOf(5);
    for (const scale of [1, 30, 500]) {
      const r = Array.from({ length: 5 }, () => Math.fround(scale * (random() - 0.5)));
      const pairs = r.flatMap((_, i) => r.slice(i + 1).map((_, d) => [i, i + 1 + d] as const));
      const indices = (side: 0 | 1) => ({
        data: BigInt64Array.from(pairs, (pair) => BigInt(pair[side])),
        dims: [pairs.length],
      });
      const all = { rewards: float32(r), first: indices(0), second: indices(1) };
      expect(evaluate({ loss }, all).loss.data[0]).toBeCloseTo(writtenOut(r), 10);
      const dr = evaluate({ dr: gradient(loss, [rewards])[0]! }, all).dr.data;
      expect(dr.every(Number.isFinite)).toBe(true);
      expect(dr.reduce((sum, d) => sum + d)).toBeCloseTo(0, 12);
    }
  });
});
