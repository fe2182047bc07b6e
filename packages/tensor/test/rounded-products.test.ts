import { expect, test } from "vitest";
import {
  adamW,
  build as b,
  createExecutor,
  createTrainStep,
  evaluate,
  float32,
  input,
  parameter,
  topologicalOrder,
} from "../src/index";
import { roundedProducts } from "../src/rounded-products";
import { scalarKey, slotKey, stepGraph } from "../src/step-graph";
import { expectClose, randomOf } from "./check";
import { lanes } from "./lanes";

const random = randomOf(3);
const draw = (...dims: number[]) =>
  float32(
    Float32Array.from({ length: dims.reduce((p, q) => p * q, 1) }, () => random() - 0.5),
    dims,
  );
const [x, y] = [input("x", ["m", 64]), input("y", [64, "n"])];
const feeds = { x: draw(5, 64), y: draw(64, 7) };

test.each(lanes)("$name: factors have 8 bits, sums those of float32", async ({ runtime }) => {
  const executor = await createExecutor(
    { outputs: { z: b.matmul(x, y) } },
    { ...runtime, precision: "bfloat16-emulated" },
  );
  const z = (await executor.run(feeds)).z!;
  await executor.close();
  const of = (value: (typeof feeds)["x"]) => Array.from(value.data as Float32Array, toBfloat16);
  const [xs, ys] = [of(feeds.x), of(feeds.y)];
  const exact = Array.from({ length: 35 }, (_, i) => {
    const [row, column] = [Math.floor(i / 7), i % 7];
    return Array.from({ length: 64 }, (_, k) => xs[row * 64 + k]! * ys[k * 7 + column]!).reduce((p, q) => p + q);
  });
  expectClose(z.data, exact, 1e-6);
  const unrounded = evaluate({ z: b.matmul(x, y) }, feeds).z.data;
  expect(Math.max(...exact.map((each, i) => Math.abs(each - unrounded[i]!)))).toBeGreaterThan(1e-4);
});

/** To the nearest number with 8 significant bits. */
function toBfloat16(number: number): number {
  const step = 2 ** (Math.floor(Math.log2(Math.abs(number))) - 7);
  return Math.round(number / step) * step;
}

test.each(lanes)("$name: a step, gradients and all, is the interpreter's of the rounded graph", async ({ runtime }) => {
  const shape = [64, 64] as const;
  const data = draw(...shape).data as Float32Array;
  const w = parameter("w", shape);
  const rewards = b.matmul(b.tanh(b.matmul(input("x", ["m", 64]), w)), w);
  const objective = { loss: b.reduceMean(b.square(rewards)) };
  const weights = new Map([["w", { shape, data }]]);
  const optimizer = adamW({});
  const batch = { x: draw(9, 64) };
  const objectives = { step: objective };
  const step = await createTrainStep({ weights, objectives, optimizer, ...runtime, precision: "bfloat16-emulated" });
  const { loss, gradientNorm } = await step.run("step", batch, 1e-3);
  const after = step.state().weights.get("w")!;
  await step.close();

  const graph = stepGraph(objective, weights, optimizer);
  const zeros = optimizer.slots.map((slot) => [slotKey(slot, "w"), float32(new Float32Array(64 * 64), shape)]);
  const scalars = Object.entries(optimizer.scalars({ step: 1, learningRate: 1e-3 })).map(([name, value]) => [
    scalarKey(name),
    float32([value], []),
  ]);
  const all = { ...batch, w: float32(data, shape), ...Object.fromEntries([...zeros, ...scalars]) };
  const [outputs, updates] = roundedProducts(graph.outputs, graph.updates);
  const expected = { ...evaluate(outputs, all), ...evaluate(updates, all) };
  expectClose([loss, gradientNorm], [expected.loss!.data[0]!, expected.gradientNorm!.data[0]!], 1e-5);
  expectClose(after, expected.w!.data, 1e-5);
  const exact = evaluate(graph.outputs, all);
  expect(Math.abs(gradientNorm / exact.gradientNorm!.data[0]! - 1)).toBeGreaterThan(1e-5);
});

test("every product of a graph and of its gradients has both factors rounded, and nothing else is", () => {
  const [bias, weight] = [input("b", ["n"]), parameter("v", [64, 64])];
  const layer = b.linear(b.matmul(x, weight), weight, parameter("c", [64]));
  const [{ z }, { s }] = roundedProducts({ z: b.add(b.matmul(layer, y), bias) }, { s: b.softmax(layer, { axis: -1 }) });
  const order = topologicalOrder([z, s]);
  const products = order.filter(({ op }) => op === "matmul" || op === "linear");
  expect(products.map(({ inputs }) => inputs.map(({ op }) => op === "roundBfloat16"))).toEqual([
    [true, true],
    [true, true, false],
    [true, true],
  ]);
  const rounded = new Set(products.flatMap(({ inputs }) => inputs.slice(0, 2)));
  for (const tensor of order) if (tensor.op === "roundBfloat16") expect(rounded).toContain(tensor);
});
