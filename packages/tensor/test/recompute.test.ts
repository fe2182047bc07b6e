import { describe, expect, test } from "vitest";
import {
  build as b,
  createOnnxExecutor,
  evaluate,
  float32,
  forgetting,
  gradient,
  input,
  parameter,
  recomputing,
  type Tensor,
  topologicalOrder,
  ZERO,
} from "../src";
import { expectClose, randomOf } from "./check";

/** A residual stack whose layers also share one table, read anew by each. */
const x = input("x", ["n", 4]);
const shared = b.tanh(parameter("table", [4, 4]));
const layer = (y: Tensor, i: number) =>
  b.add(y, b.gelu(b.matmul(b.matmul(y, parameter(`w${i}`, [4, 4])), shared, { transposeY: true })));
const states = [b.linear(x, parameter("in", [4, 4]), parameter("bias", [4]))];
for (const i of [0, 1, 2]) states.push(layer(states[i]!, i));
const loss = b.reduceMean(b.square(states.at(-1)!));
const boundaries = states.slice(0, -1).map((state) => [state, shared]);
const parameters = topologicalOrder([loss]).filter(({ op }) => op === "parameter");

const random = randomOf(3);
const feeds = Object.fromEntries([
  [
    "x",
    float32(
      Float32Array.from({ length: 20 }, () => random() - 0.5),
      [5, 4],
    ),
  ],
  [ZERO, float32([0], [])],
  ...parameters.map(({ name, shape }) => {
    const length = (shape as number[]).reduce((product, size) => product * size, 1);
    return [
      name!,
      float32(
        Float32Array.from({ length }, () => random() - 0.5),
        shape as number[],
      ),
    ] as const;
  }),
]);
const named = (tensors: readonly Tensor[]) => Object.fromEntries(parameters.map(({ name }, i) => [name!, tensors[i]!]));

describe("gradients by recomputation", () => {
  test("are the gradients, in float64 and as onnxruntime computes them", async () => {
    const plain = evaluate(named(gradient(loss, parameters)), feeds);
    const again = named(recomputing(boundaries)(loss, parameters));
    const executor = await createOnnxExecutor({
      outputs: Object.fromEntries(Object.entries(again).map(([name, tensor]) => [`d/${name}`, tensor])),
    });
    const native = await executor.run(feeds);
    for (const [name, { data }] of Object.entries(plain)) {
      expectClose(evaluate({ again: again[name]! }, feeds).again.data, data as unknown as number[], 1e-12);
      expectClose(native[`d/${name}`]!.data, data as unknown as number[], 1e-5);
    }
    await executor.close();
  });
  test("come from layers computed anew, but for the last", () => {
    const again = recomputing(boundaries)(loss, parameters);
    const count = (outputs: Tensor[]) => topologicalOrder(outputs).filter(({ op }) => op === "gelu").length;
    expect(count([loss, ...gradient(loss, parameters)])).toBe(3);
    expect(count([loss, ...again])).toBe(3); // whose slopes need what goes into them, and not what comes out
    expect(topologicalOrder([loss, ...again]).filter(({ op }) => op === "geluSlope")).toHaveLength(3);
    expect(topologicalOrder([...again]).filter(({ name }) => name?.startsWith("recompute/") && name !== ZERO)).toEqual(
      [],
    );
  });
  test("go no further down than what trains", () => {
    const last = parameters.filter(({ name }) => name === "w2");
    const [slope] = recomputing(boundaries)(loss, last);
    expect(topologicalOrder([slope!]).filter(({ op }) => op === "geluSlope")).toHaveLength(1);
    expect(topologicalOrder([slope!]).filter(({ name }) => name === ZERO)).toEqual([]);
  });
});

/** Layers that attend, their scores weights and a bias away from the residual stream. */
const places = input("places", ["n", "t", 4]);
const bias = b.mul(b.cast(b.range({ size: "t" }), { to: "float32" }), -0.1);
const attend = (y: Tensor, i: number) => {
  const [q, k, v] = ["q", "k", "v"].map((name) => b.matmul(y, parameter(`${name}${i}`, [4, 4]))) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const weights = b.softmax(b.add(b.mul(b.matmul(q, k, { transposeY: true }), 0.5), bias), { axis: -1 });
  return b.add(y, b.matmul(b.clip(weights, { low: 0.01, high: 0.9 }), v));
};
const attended = [0, 1, 2].reduce(attend, b.matmul(places, parameter("in", [4, 4])));
const objective = b.reduceMean(b.square(attended));
const matrices = topologicalOrder([objective]).filter(({ op }) => op === "parameter");
const isScore = ({ shape }: Tensor) => shape.join() === "n,t,t";
const given = Object.fromEntries([
  [
    "places",
    float32(
      Float32Array.from({ length: 40 }, () => random() - 0.5),
      [2, 5, 4],
    ),
  ],
  [ZERO, float32([0], [])],
  ...matrices.map(
    ({ name }) =>
      [
        name!,
        float32(
          Float32Array.from({ length: 16 }, () => random() - 0.5),
          [4, 4],
        ),
      ] as const,
  ),
]);

describe("gradients of forgotten tensors", () => {
  const outputs = (of: readonly Tensor[]) => Object.fromEntries(matrices.map(({ name }, i) => [`d/${name}`, of[i]!]));
  const again = outputs(forgetting(isScore)(objective, matrices));

  test("are the gradients, in float64 and as onnxruntime computes them", async () => {
    const plain = evaluate(outputs(gradient(objective, matrices)), given);
    const exact = evaluate(again, given);
    const executor = await createOnnxExecutor({ outputs: { loss: objective, ...again } });
    const native = await executor.run(given);
    await executor.close();
    for (const [name, { data }] of Object.entries(plain)) {
      expectClose(exact[name]!.data, data as unknown as number[], 1e-12);
      expectClose(native[name]!.data, data as unknown as number[], 1e-5);
    }
  });

  test("read none of them but the last, and wait with computing one anew for what follows it", () => {
    const forward = new Set(topologicalOrder([objective]));
    const backward = topologicalOrder(Object.values(again)).filter((tensor) => !forward.has(tensor));
    const read = backward.flatMap(({ inputs }) => inputs.filter((x) => forward.has(x) && isScore(x)));
    const last = topologicalOrder([objective]).filter(isScore).slice(-5);
    expect(read.filter((x) => !last.includes(x))).toEqual([]);
    const softmaxes = backward.filter(({ op }) => op === "softmax");
    expect(softmaxes).toHaveLength(2);
    for (const softmax of softmaxes) expect(topologicalOrder([softmax])).toContain(attended);
  });

  test("are made of what was kept where nothing is forgotten", () => {
    expect(outputs(forgetting(() => false)(objective, matrices))).toEqual(outputs(gradient(objective, matrices)));
  });
});
