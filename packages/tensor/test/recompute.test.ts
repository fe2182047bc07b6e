import { describe, expect, test } from "vitest";
import {
  build as b,
  createOnnxExecutor,
  evaluate,
  float32,
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
