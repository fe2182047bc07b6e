import { describe, expect, it } from "vitest";
import {
  adamW,
  build as b,
  chain,
  clipByGlobalNorm,
  createOnnxExecutor,
  createTrainStep,
  type Feeds,
  float32,
  input,
  int64,
  parameter,
  rateAt,
  StateMismatch,
  type TrainState,
  type Weights,
} from "../src/index";
import { randomOf } from "./check";

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

const make = (seed = 1) =>
  createTrainStep({
    weights: drawWeights(seed),
    objectives: { pairs: { loss, outputs: { rewards } } },
    optimizer: chain(clipByGlobalNorm(1), adamW()),
    threads: 2,
  });
type Step = Awaited<ReturnType<typeof make>>;

async function train(step: Step, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = from; i < to; i++) {
    const rate = rateAt(i + 1, { schedule: "linear", peak: 0.01, warmupSteps: 4, steps: 40 });
    losses.push((await step.run("pairs", batch(i), rate)).loss);
  }
  return losses;
}

describe("a train step", () => {
  it("gives the same bits from the same seed twice", async () => {
    const [one, other] = [await make(), await make()];
    expect(await train(one, 0, 20)).toEqual(await train(other, 0, 20));
    expect(one.state()).toEqual(other.state());
    await Promise.all([one.close(), other.close()]);
  });

  it("goes on from a saved state to the bits of an unbroken run", async () => {
    const [unbroken, first, second] = [await make(), await make(), await make(2)];
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
    const step = await make();
    const scorer = await createOnnxExecutor({ outputs: { rewards } });
    const feeds = { ...batch(3), first: int64([0]), second: int64([1]) };
    const before = await step.run("pairs", feeds, 0.01);
    for (let i = 0; i < 30; i++) await step.run("pairs", feeds, 0.01);
    const scored = await scorer.run({ ...feeds, ...step.weights });
    const after = await step.run("pairs", feeds, 0.01);
    expect(after.loss).toBeLessThan(before.loss / 2);
    expect(scored.rewards!.data).toEqual(after.outputs.rewards!.data);
    await Promise.all([step.close(), scorer.close()]);
  });

  it("serves several signatures on the same weights, and leaves alone what a signature does not reach", async () => {
    const still = input("features", ["n", 8]);
    const headLoss = b.reduceMean(b.square(b.sub(b.matmul(still, p("head")), 1)));
    const step = await createTrainStep({
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

  it("refuses a state of other weights", async () => {
    const step = await make();
    const { weights, slots } = step.state();
    const misfit = new Map([...weights, ["head", new Float32Array(3)]]);
    expect(() => step.restore({ step: 1, weights: misfit, slots })).toThrow(StateMismatch);
    expect(() => step.restore({ step: 1, weights, slots: new Map() })).toThrow(StateMismatch);
    expect(step.state().weights).toEqual(weights);
    await step.close();
  });
});
