import { describe, expect, it } from "vitest";
import { adamW, build as b, evaluate, input, parameter, type Tensor } from "../src/index";
import { updateLoops } from "../src/lower/loop";
import { topologicalOrder } from "../src/tensor";
import { randomOf } from "./check";

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

describe("the arithmetic of an update loop", () => {
  const arithmetic: Record<string, (x: number, y: number) => number> = {
    add: (x, y) => x + y,
    sub: (x, y) => x - y,
    mul: (x, y) => x * y,
    div: (x, y) => x / y,
    square: (x) => x * x,
    sqrt: (x) => Math.sqrt(x),
  };
  /** Each op in float64 on all elements, rounded to float32 after it: exactly what float32 arithmetic gives. */
  const rounded = (outputs: Record<string, Tensor>, leaves: Record<string, Float32Array>, length: number) => {
    const values = new Map<Tensor, Float32Array>();
    for (const tensor of topologicalOrder(Object.values(outputs))) {
      const { data = leaves[tensor.name!] } = tensor.attributes as { data?: Float32Array };
      const [x, y] = tensor.inputs.map((operand) => values.get(operand)!);
      const of = (array: Float32Array | undefined, i: number) => array?.[array.length === 1 ? 0 : i] ?? 0;
      const element = (_: unknown, i: number) => arithmetic[tensor.op]!(of(x, i), of(y, i));
      values.set(tensor, data ?? Float32Array.from({ length }, element));
    }
    return Object.entries(outputs).map(([key, tensor]) => [key, values.get(tensor)!] as const);
  };
  const random = randomOf(7);
  const special = [0, -0, 1e-45, -1e-45, 1.1e-38, -1.2e-38, 3.4e38, -3.4e38, 1e-20, Infinity, -Infinity, NaN];
  const drawn = () =>
    random() < 0.1 ? special[Math.floor(random() * special.length)]! : (random() - 0.5) * 2 ** (80 * random() - 60);

  it.each([1, 3, 4, 5, 16_383, 16_384, 16_385, 40_003])(
    "has the bits of float32 on %i elements, subnormal results stored as 0",
    (length) => {
      const [w, factor] = [parameter("w", [length]), input("factor", [])];
      const slots = { means: parameter("m", [length]), squares: parameter("v", [length]) };
      const trainable = { name: "w", value: w, gradient: b.mul(input("g", [length]), factor), slots };
      const scalars = Object.fromEntries(["keep", "rate", "floor"].map((name) => [name, input(name, [])]));
      const [after] = adamW({ decays: () => true }).update(b, [trainable], scalars);
      const updates = { w: after!.value, m: after!.slots.means!, v: after!.slots.squares! };

      const [loop, ...more] = updateLoops(updates, (key) => key in updates);
      expect(more).toEqual([]);
      const fed: Record<string, Float32Array> = Object.fromEntries(
        ["w", "m", "v", "g"].map((name) => [name, Float32Array.from({ length }, drawn)]),
      );
      const single = { factor: 0.37, keep: 0.9999, rate: 1.7e-4, floor: 3.2e-7 };
      for (const [name, number] of Object.entries(single)) fed[name] = Float32Array.of(number);
      const expected = rounded(updates, fed, length);
      loop!.run(
        loop!.resident.map((key) => fed[key]!),
        loop!.given.map(({ name, attributes }) => (name ? fed[name]! : (attributes as { data: Float32Array }).data)),
      );
      for (const [key, data] of expected) {
        const stored = data.map((number) => (Math.abs(number) < 2 ** -126 ? 0 : number));
        const differs = stored.findIndex((number, i) => !Object.is(number, fed[key]![i]));
        if (differs >= 0) expect.fail(`${key}[${differs}] is ${fed[key]![differs]}, not ${stored[differs]}`);
      }
    },
  );
});
