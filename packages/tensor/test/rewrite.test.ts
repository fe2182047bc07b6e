import { describe, expect, test } from "vitest";
import { build, evaluate, input, parameter } from "../src";
import { rewrite } from "../src/rewrite";

describe("rewriting a graph", () => {
  const x = input("x", ["n", 2]);
  const kept = build.exp(x);
  const squared = build.square(x);
  const sum = build.reduceSum(build.add(kept, squared), { axes: [1] });
  const feeds = { x: { data: Float64Array.of(1, 2, 3, 4), dims: [2, 2] } };

  test("makes anew what depends on a replacement, and nothing else", () => {
    const [changed, same] = rewrite([sum, kept], (tensor, inputs) =>
      tensor.op === "square" ? build.mul(inputs[0]!, 10) : undefined,
    );
    expect(same).toBe(kept);
    expect(changed!.shape).toEqual(sum.shape);
    const { value } = evaluate({ value: changed! }, feeds);
    expect(value.data[0]).toBeCloseTo(Math.exp(1) + Math.exp(2) + 30, 9);
  });
  test("without a replacement gives the very tensors", () => {
    expect(rewrite([sum, squared], () => undefined)).toEqual([sum, squared]);
    expect(rewrite([sum], () => undefined)[0]).toBe(sum);
  });
  test("keeps attributes", () => {
    const product = build.matmul(squared, parameter("w", [3, 2]), { transposeY: true });
    const [changed] = rewrite([product], (tensor) => (tensor === squared ? x : undefined));
    expect(changed!.attributes).toEqual(product.attributes);
    expect(changed!.shape).toEqual(["n", 3]);
  });
});
