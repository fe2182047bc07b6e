import { describe, expect, it } from "vitest";
import {
  type Arrays,
  adamW,
  build as b,
  chain,
  clipByGlobalNorm,
  createExecutor,
  createTrainStep,
  evaluate,
  type Feeds,
  float32,
  input,
  int64,
  parameter,
  type Runtime,
  rateAt,
  StateMismatch,
  type TrainState,
  type Value,
  type Weights,
} from "../src/index";
import { scalarKey, slotKey, stepGraph } from "../src/step-graph";
import { expectClose, randomOf } from "./check";
import { lanes, webgpuLanes } from "./lanes";

/** A small encoder with a head: embedding, one attention, feed-forward, norms, mean pooling. */
const sizes = {
  ids: [40, 8],
  "q.w": [8, 8],
  "q.b": [8],
  "up.w": [16, 8],
  "up.b": [16],
  "down.w": [8, 16],
  "down.b": [8],
  "norm.w": [8],
  "norm.b": [8],
  head: [8, 1],
};
const p = (name: keyof typeof sizes) => parameter(name, sizes[name]);
const ids = input("ids_of_tokens", ["n", "t"], "int64");
const outFirst = { outFirst: true };
const embedded = b.gather(p("ids"), ids);
const q = b.linear(embedded, p("q.w"), p("q.b"), outFirst);
const attended = b.matmul(b.softmax(b.matmul(q, embedded, { transposeY: true }), { axis: -1 }), embedded);
const up = b.gelu(b.linear(attended, p("up.w"), p("up.b"), outFirst));
const hidden = b.layerNorm(
  b.add(attended, b.linear(up, p("down.w"), p("down.b"), outFirst)),
  p("norm.w"),
  p("norm.b"),
  { epsilon: 1e-5 },
);
const rewards = b.reshape(b.matmul(b.reduceMean(hidden, { axes: [1] }), p("head")), { shape: ["n"] });
const pair = (name: string) => b.gather(rewards, input(name, ["p"], "int64"));
const loss = b.reduceMean(b.softplus(b.sub(pair("second"), pair("first"))));

function drawWeights(seed: number): Weights {
  const random = randomOf(seed);
  return new Map(
    Object.entries(sizes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, { shape, data: Float32Array.from({ length }, () => (name === "norm.w" ? 1 : random() - 0.5)) }];
    }),
  );
}

/** Batch number i: its own numbers of rows, tokens and pairs, with tokens that repeat. */
function batch(i: number): Feeds {
  const random = randomOf(100 + i);
  const [n, t, pairs] = [2 + (i % 3), 3 + (i % 4), 1 + (i % 5)];
  const draw = (length: number, end: number) => Array.from({ length }, () => Math.floor(random() * end));
  return { ids_of_tokens: int64(draw(n * t, 40), [n, t]), first: int64(draw(pairs, n)), second: int64(draw(pairs, n)) };
}

// The loss does not depend on norm.b: a small epsilon would blow the rounding of its gradients up to whole steps.
const optimizer = chain(clipByGlobalNorm(1), adamW({ epsilon: 1e-4 }));
const rate = (i: number) => rateAt(i + 1, { schedule: "linear", peak: 0.01, warmupSteps: 4, steps: 40 });
const make = (runtime: Runtime, seed = 1) =>
  createTrainStep({
    ...runtime,
    weights: drawWeights(seed),
    objectives: { pairs: { loss, outputs: { rewards } } },
    passes: { rewards: { rewards } },
    optimizer,
  });
type Step = Awaited<ReturnType<typeof make>>;

async function train(step: Step, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = from; i < to; i++) {
    losses.push((await step.run("pairs", batch(i), rate(i))).loss);
  }
  return losses;
}

/** Weights and slots after some steps of `train`, in float64. */
function trainByReference(steps: number): Map<string, Float64Array> {
  const graph = stepGraph({ loss }, drawWeights(1), optimizer);
  const state = new Map<string, Value<Float64Array>>();
  for (const [name, { shape, data }] of drawWeights(1)) {
    state.set(name, { data: Float64Array.from(data), dims: shape });
    for (const slot of optimizer.slots) {
      state.set(slotKey(slot, name), { data: new Float64Array(data.length), dims: shape });
    }
  }
  for (let i = 0; i < steps; i++) {
    const scalars = Object.entries(optimizer.scalars({ step: i + 1, learningRate: rate(i) })).map(
      ([name, value]) => [scalarKey(name), { data: Float64Array.of(value), dims: [] }] as const,
    );
    const next = evaluate(graph.updates, {
      ...batch(i),
      ...Object.fromEntries(state),
      ...Object.fromEntries(scalars),
    });
    for (const [key, value] of Object.entries(next)) state.set(key, value);
  }
  return new Map([...state].map(([key, { data }]) => [key, data]));
}

describe.each(lanes)("a train step on $name", ({ runtime }) => {
  it("gives the same bits from the same seed twice", async () => {
    const [one, other] = [await make(runtime), await make(runtime)];
    expect(await train(one, 0, 20)).toEqual(await train(other, 0, 20));
    expect(one.state()).toEqual(other.state());
    await Promise.all([one.close(), other.close()]);
  });

  it("takes the step of a whole batch by passes over its parts, and forgets them after it", async () => {
    const whole = await make(runtime);
    const parts = await createTrainStep({
      ...runtime,
      weights: drawWeights(1),
      objectives: {},
      parts: { half: { loss: b.mul(loss, 0.5), outputs: { rewards } } },
      optimizer,
    });
    for (let i = 0; i < 3; i++) {
      const { gradientNorm, loss: expected } = await whole.run("pairs", batch(i), 0.01);
      const one = await parts.accumulate("half", batch(i));
      const other = await parts.accumulate("half", batch(i));
      expect(one.outputs.rewards!.dims).toEqual([2 + (i % 3)]);
      expect(one.loss + other.loss).toBeCloseTo(expected, 6);
      expect((await parts.apply(0.01)).gradientNorm).toBeCloseTo(gradientNorm, 5);
    }
    expect(parts.step).toBe(3);
    const [expected, actual] = [whole.state(), parts.state()];
    expect([...actual.slots.keys()].sort()).toEqual([...expected.slots.keys()].sort());
    for (const [name, data] of actual.weights) expectClose(data, expected.weights.get(name)!, 1e-5);
    await parts.accumulate("half", batch(7));
    parts.restore(actual);
    await parts.accumulate("half", batch(3));
    await parts.accumulate("half", batch(3));
    await whole.run("pairs", batch(3), 0.01);
    await parts.apply(0.01);
    for (const [name, data] of parts.state().weights) expectClose(data, whole.state().weights.get(name)!, 1e-5);
    await Promise.all([whole.close(), parts.close()]);
  });

  it("goes on from a saved state to the bits of an unbroken run", async () => {
    const [unbroken, first, second] = [await make(runtime), await make(runtime), await make(runtime, 2)];
    await train(unbroken, 0, 24);
    await train(first, 0, 11);
    const saved: TrainState = first.state();
    await train(first, 11, 13);
    second.restore(saved);
    expect(second.step).toBe(11);
    await train(second, 11, 24);
    expect(second.state()).toEqual(unbroken.state());
    await Promise.all([unbroken.close(), first.close(), second.close()]);
  });

  it("lets the loss fall, and lends its live weights to another executor", async () => {
    const step = await make(runtime);
    const scorer = await createExecutor({ outputs: { rewards } }, runtime);
    const feeds = { ...batch(3), first: int64([0]), second: int64([1]) };
    const before = await step.run("pairs", feeds, 0.01);
    for (let i = 0; i < 30; i++) await step.run("pairs", feeds, 0.01);
    const scored = await scorer.run({ ...feeds, ...step.weights });
    const looked = await step.evaluate("rewards", feeds);
    const after = await step.run("pairs", feeds, 0.01);
    expect(after.loss).toBeLessThan(before.loss / 2);
    expect(scored.rewards!.data).toEqual(after.outputs.rewards!.data);
    expect(looked.rewards!.data).toEqual(after.outputs.rewards!.data);
    await Promise.all([step.close(), scorer.close()]);
  });

  it("serves several signatures on the same weights, and leaves alone what a signature does not reach", async () => {
    const still = input("features", ["n", 8]);
    const headLoss = b.reduceMean(b.square(b.sub(b.matmul(still, p("head")), 1)));
    const step = await createTrainStep({
      ...runtime,
      weights: drawWeights(1),
      objectives: { pairs: { loss }, head: { loss: headLoss } },
      optimizer: chain(clipByGlobalNorm(1), adamW()),
    });
    const before = step.state();
    await step.run("head", { features: float32([1, 2, 3, 4, 5, 6, 7, 8], [1, 8]) }, 0.01);
    const after = step.state();
    const changed = [...after.weights].filter(
      ([name, data]) => !data.every((e, i) => e === before.weights.get(name)![i]),
    );
    expect(changed.map(([name]) => name)).toEqual(["head"]);
    await step.run("pairs", batch(0), 0.01);
    expect(step.state().weights.get("q.w")).not.toEqual(before.weights.get("q.w"));
    expect(step.step).toBe(2);
    await step.close();
  });

  it("trains some weights while others are frozen", async () => {
    const all = drawWeights(1);
    const step = await createTrainStep({
      ...runtime,
      weights: new Map([...all].filter(([name]) => name === "head")),
      frozen: new Map([...all].filter(([name]) => name !== "head")),
      objectives: { pairs: { loss } },
      optimizer: chain(clipByGlobalNorm(1), adamW()),
    });
    await step.run("pairs", batch(4), 0.01);
    expect([...step.state().weights.keys()]).toEqual(["head"]);
    expect(step.weights["q.w"]!.data).toEqual(all.get("q.w")!.data);
    expect(step.weights.head!.data).not.toEqual(all.get("head")!.data);
    await step.close();
  });

  it("leaves alone the arrays that it is given, or takes them, and steps just so", async () => {
    const draw = (frozen: boolean) => new Map([...drawWeights(1)].filter(([name]) => (name === "head") === frozen));
    const open = (arrays: Arrays, weights: Weights, frozen: Weights) =>
      createTrainStep({
        ...{ ...runtime, arrays, weights, frozen },
        objectives: { pairs: { loss } },
        optimizer: chain(clipByGlobalNorm(1), adamW()),
      });
    const [left, taken] = [draw(false), draw(false)];
    const [copying, taking] = [await open("copied", left, draw(true)), await open("taken", taken, draw(true))];
    const first = copying.state();
    for (const step of [copying, taking]) for (const i of [0, 1]) await step.run("pairs", batch(i), 0.01);
    expect(taking.state()).toEqual(copying.state());
    expect(taking.weights).toEqual(copying.weights);
    expect(left).toEqual(draw(false));
    // What onnxruntime steps on is what was given; what TensorFlow has a copy of is free.
    const { data } = taken.get("q.w")!;
    if (runtime.executor === "tensorflow") expect(data.length).toBe(0);
    else expect(data).toEqual(taking.state().weights.get("q.w"));
    taking.restore(first);
    expect(taking.state()).toEqual(first);
    await Promise.all([copying.close(), taking.close()]);
  });

  it("refuses a state of other weights", async () => {
    const step = await make(runtime);
    const { weights, slots } = step.state();
    const misfit = new Map([...weights, ["head", new Float32Array(3)]]);
    expect(() => step.restore({ step: 1, weights: misfit, slots })).toThrow(StateMismatch);
    expect(() => step.restore({ step: 1, weights, slots: new Map() })).toThrow(StateMismatch);
    expect(step.state().weights).toEqual(weights);
    await step.close();
  });
});

// A GPU adds up in any order: its steps agree, but not bit by bit.
describe.each([...lanes, ...(await webgpuLanes())])("a train step on $name, beside others,", ({ runtime }) => {
  it("ends with the weights and moments that the reference interpreter computes", async () => {
    const step = await make(runtime);
    await train(step, 0, 6);
    const { weights, slots } = step.state();
    const expected = trainByReference(6);
    for (const [name, data] of [...weights, ...slots]) expectClose(data, expected.get(name)!, 1e-5);
    await step.close();
  });

  it("goes on from a state that the other executor saved", async () => {
    const [here, onnx] = [await make(runtime), await make({ threads: 2 })];
    await train(onnx, 0, 5);
    here.restore(onnx.state());
    await train(onnx, 5, 8);
    await train(here, 5, 8);
    const there = onnx.state();
    for (const [name, data] of here.state().weights) expectClose(data, Array.from(there.weights.get(name)!), 1e-5);
    await Promise.all([here.close(), onnx.close()]);
  });
});
