import { describe, expect, it } from "vitest";
import { build as b, evaluate, input, parameter, type Tensor } from "../src/index";
import { updateLoops } from "../src/lower/loop";

const resident: Record<string, { shape: number[]; data: number[] }> = {
  w: { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
  "moment/w": { shape: [2, 3], data: [0.5, 0, 0, 0, 0, -1] },
  v: { shape: [2, 3], data: [6, 5, 4, 3, 2, 1] },
  scale: { shape: [], data: [3] },
};
const p = (name: string) => parameter(name, resident[name]!.shape);
const x = input("x", [2, 2]);
const row = input("row", [3]);
const rate = input("rate", []);
const feeds = {
  x: { dims: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
  row: { dims: [3], data: Float64Array.of(1, -1, 2) },
  rate: { dims: [], data: Float64Array.of(0.5) },
};

/** Runs the loops on arrays, and compares them with the reference interpreter. */
function expectSame(updates: Record<string, Tensor>) {
  const loops = updateLoops(updates, (key) => key in resident);
  const arrays = new Map(Object.entries(resident).map(([key, { data }]) => [key, Float32Array.from(data)]));
  const fed = Object.entries(resident).map(
    ([key, { shape, data }]) => [key, { dims: shape, data: Float64Array.from(data) }] as const,
  );
  const all = { ...feeds, ...Object.fromEntries(fed) };
  const given = loops.map((loop) => loop.given.map((tensor) => Float32Array.from(evaluate({ y: tensor }, all).y.data)));
  for (const [i, loop] of loops.entries())
    loop.run(
      loop.resident.map((key) => arrays.get(key)!),
      given[i]!,
    );
  for (const [key, { data }] of Object.entries(evaluate(updates, all))) {
    expect(Array.from(arrays.get(key)!)).toEqual(Array.from(data, Math.fround));
  }
  return loops;
}

describe("an update loop", () => {
  const gradient = b.matmul(x, b.matmul(x, p("w"), { transposeX: true }));

  it("computes what follows the gradient, for a weight and its moment in one pass", () => {
    const moment = b.add(b.mul(p("moment/w"), 0.5), b.mul(gradient, rate));
    const loops = expectSame({ w: b.sub(b.mul(p("w"), 0.25), b.div(moment, 2)), "moment/w": moment });
    expect(loops).toHaveLength(1);
    expect(loops[0]!.given.map(({ op }) => op).sort()).toEqual(["constant", "constant", "constant", "input", "matmul"]);
  });

  it("reads every old value before it writes, where two weights read each other", () => {
    expect(expectSame({ w: b.sub(p("w"), p("v")), v: b.add(p("v"), p("w")) })).toHaveLength(1);
  });

  it("leaves to the graph what stretches, and single numbers", () => {
    expectSame({ w: b.add(p("w"), b.mul(b.square(gradient), row)), scale: b.mul(p("scale"), rate) });
    expectSame({ w: b.mul(p("w"), p("scale")), scale: b.add(p("scale"), 1) });
  });

  it("stores as it is what the graph computed to the end, or what is fed", () => {
    expectSame({ w: gradient, v: b.transpose(b.transpose(p("w"), { permutation: [1, 0] }), { permutation: [1, 0] }) });
  });
});
