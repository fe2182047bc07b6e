import { createOnnxExecutor, evaluate, float32, input } from "@borda/tensor";
import { describe, expect, test } from "vitest";
import { dropout, dropoutFeeds } from "../src/dropout";

const rate = 0.25;
const x = input("x", ["n", 4, "t", "t"]);
const y = dropout(x, rate, "here");
const [n, t] = [12, 24];
const ones = float32(new Float32Array(n * 4 * t * t).fill(1), [n, 4, t, t]);
const numbers = Array.from({ length: n }, (_, row) => row);
const at = { seed: 7, step: 3 };
const run = async (tensor: typeof y, feeds: Parameters<typeof dropoutFeeds>, value = ones) => {
  const executor = await createOnnxExecutor({ outputs: { tensor } });
  const { tensor: found } = await executor.run({ x: value, ...dropoutFeeds(...feeds) });
  await executor.close();
  return found!.data as Float32Array;
};
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, each) => sum + each, 0) / values.length;
const correlation = (p: Float32Array, q: Float32Array) => {
  const [pm, qm] = [mean(p), mean(q)];
  return mean(p.map((value, i) => (value - pm) * (q[i]! - qm))) / (rate / (1 - rate));
};

describe("dropout", () => {
  test("leaves out the share that it is told to, and keeps the mean", async () => {
    const found = await run(y, [t, numbers, at]);
    const dropped = found.filter((value) => value === 0).length / found.length;
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / found.length));
    expect([...new Set(found)].sort()).toEqual([0, Math.fround(1 / (1 - rate))]);
  });
  test("draws the same twice, on any executor; others at another step, seed, row, place or site", async () => {
    const found = await run(y, [t, numbers, at]);
    expect(await run(y, [t, numbers, at])).toEqual(found);
    const { reference } = evaluate({ reference: y }, { x: ones, ...dropoutFeeds(t, numbers, at) });
    expect(Float32Array.from(reference.data)).toEqual(found);
    const others = [
      await run(y, [t, numbers, { ...at, step: 4 }]),
      await run(y, [t, numbers, { ...at, seed: 8 }]),
      await run(y, [t, numbers.map((number) => number + n), at]),
      await run(dropout(x, rate, "there"), [t, numbers, at]),
    ];
    for (const other of others) expect(Math.abs(correlation(found, other))).toBeLessThan(0.03);
    const mirrored = found.map((_, i) => {
      const [block, query, key] = [Math.floor(i / (t * t)), Math.floor(i / t) % t, i % t];
      return found[block * t * t + key * t + query]!;
    });
    expect(Math.abs(correlation(found, mirrored))).toBeLessThan(0.1); // the diagonal is its own mirror
  });
  test("of a row does not depend on its batch mates", async () => {
    const all = await run(y, [t, numbers, at]);
    const size = 4 * t * t;
    const one = float32(new Float32Array(size).fill(1), [1, 4, t, t]);
    expect(await run(y, [t, [5], at], one)).toEqual(all.slice(5 * size, 6 * size));
  });
});
