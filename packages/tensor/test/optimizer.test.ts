import { describe, expect, it } from "vitest";
import {
  adamW,
  build as b,
  chain,
  clipByGlobalNorm,
  createTrainStep,
  input,
  type Optimizer,
  parameter,
  type RatePlan,
  rateAt,
  type Weights,
} from "../src/index";
import { expectClose, randomOf } from "./check";

const random = randomOf(3);
const draw = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
const weights: Weights = new Map([
  ["matrix", { shape: [3, 2], data: draw(6) }],
  ["bias", { shape: [2], data: draw(2) }],
]);
const x = input("x", ["n", 3]);
const y = input("y", ["n", 2]);
const loss = b.reduceSum(b.square(b.sub(b.linear(x, parameter("matrix", [3, 2]), parameter("bias", [2])), y)));

/** AdamW as in PyTorch's documentation, in float64, on the gradients of the loss above written out by hand. */
function adamWByHand(
  batches: { x: number[]; y: number[] }[],
  rates: number[],
  { clip, decay }: { clip: number; decay: number },
) {
  const p = { matrix: Array.from(weights.get("matrix")!.data), bias: Array.from(weights.get("bias")!.data) };
  const m = { matrix: new Array(6).fill(0), bias: [0, 0] };
  const v = { matrix: new Array(6).fill(0), bias: [0, 0] };
  const norms: number[] = [];
  batches.forEach((batch, step) => {
    const g = { matrix: new Array(6).fill(0), bias: [0, 0] };
    for (let row = 0; row < batch.x.length / 3; row++) {
      for (let o = 0; o < 2; o++) {
        let error = p.bias[o]! - batch.y[row * 2 + o]!;
        for (let i = 0; i < 3; i++) error += batch.x[row * 3 + i]! * p.matrix[i * 2 + o]!;
        for (let i = 0; i < 3; i++) g.matrix[i * 2 + o] += 2 * error * batch.x[row * 3 + i]!;
        g.bias[o]! += 2 * error;
      }
    }
    const norm = Math.sqrt([...g.matrix, ...g.bias].reduce((sum, e) => sum + e * e, 0));
    norms.push(norm);
    const factor = Math.min(1, clip / (norm + 1e-6));
    for (const name of ["matrix", "bias"] as const) {
      for (let i = 0; i < p[name].length; i++) {
        const e = g[name][i]! * factor;
        if (name === "matrix") p[name][i]! *= 1 - rates[step]! * decay;
        m[name][i] = 0.9 * m[name][i]! + 0.1 * e;
        v[name][i] = 0.999 * v[name][i]! + 0.001 * e * e;
        const [mHat, vHat] = [m[name][i]! / (1 - 0.9 ** (step + 1)), v[name][i]! / (1 - 0.999 ** (step + 1))];
        p[name][i]! -= (rates[step]! * mHat) / (Math.sqrt(vHat) + 1e-8);
      }
    }
  });
  return { ...p, norms };
}

describe("AdamW with clipping", () => {
  it.each([
    { clip: 0.5, decay: 0.1 },
    { clip: Infinity, decay: 0 },
  ])("takes the steps of the loop written out (%o)", async ({ clip, decay }) => {
    const batches = Array.from({ length: 12 }, (_, i) => ({
      x: Array.from(draw(3 * (1 + (i % 3)))),
      y: Array.from(draw(2 * (1 + (i % 3)))),
    }));
    const rates = batches.map((_, i) => rateAt(i + 1, { schedule: "cosine", peak: 0.05, warmupSteps: 3, steps: 12 }));
    const expected = adamWByHand(batches, rates, { clip, decay });
    const step = await createTrainStep({
      weights,
      objectives: { squares: { loss } },
      optimizer: chain(clipByGlobalNorm(clip), adamW({ weightDecay: decay })),
    });
    for (const [i, batch] of batches.entries()) {
      const n = batch.x.length / 3;
      const feeds = {
        x: { data: Float32Array.from(batch.x), dims: [n, 3] },
        y: { data: Float32Array.from(batch.y), dims: [n, 2] },
      };
      const { gradientNorm } = await step.run("squares", feeds, rates[i]!);
      expect(gradientNorm).toBeCloseTo(expected.norms[i]!, 4);
    }
    const after = step.state().weights;
    expectClose(after.get("matrix")!, expected.matrix, 1e-5);
    expectClose(after.get("bias")!, expected.bias, 1e-5);
    await step.close();
  });

  it("is made of links that compose, and refuses two that remember under one name", () => {
    const momentum: Optimizer = {
      slots: ["velocity"],
      scalars: ({ learningRate }) => ({ learningRate }),
      update: (build, trainables, { learningRate }) =>
        trainables.map((each) => {
          const velocity = build.add(build.mul(each.slots.velocity!, 0.9), each.gradient);
          return {
            ...each,
            value: build.sub(each.value, build.mul(velocity, learningRate!)),
            slots: { ...each.slots, velocity },
          };
        }),
    };
    expect(chain(clipByGlobalNorm(1), momentum).slots).toEqual(["velocity"]);
    expect(() => chain(momentum, momentum)).toThrow(/velocity/);
  });

  it("updates after everything that reads the old weights, with or without a link that awaits every gradient", async () => {
    const matrix = parameter("matrix", [3, 2]);
    const bias = b.reshape(parameter("bias", [2]), { shape: [1, 2] });
    const product = b.reduceSum(b.square(b.mul(b.matmul(x, matrix), bias)));
    const step = await createTrainStep({
      weights,
      objectives: { product: { loss: product, outputs: { late: b.exp(bias) } } },
      optimizer: adamW(),
    });
    const feeds = { x: { data: draw(6), dims: [2, 3] } };
    const before = step.state();
    const { outputs } = await step.run("product", feeds, 0.1);
    expectClose(outputs.late!.data, Array.from(before.weights.get("bias")!, Math.exp), 1e-6);
    expect(step.state().weights.get("bias")).not.toEqual(before.weights.get("bias"));
    await step.close();
  });
});

describe("the learning rate", () => {
  const plan = (schedule: RatePlan["schedule"], warmupSteps = 2): RatePlan => ({
    schedule,
    peak: 1,
    warmupSteps,
    steps: 5,
  });
  const all = (p: RatePlan) => [1, 2, 3, 4, 5].map((step) => rateAt(step, p));

  it("rises to its peak and falls by its schedule", () => {
    expect(all(plan("linear"))).toEqual([0.5, 1, 0.75, 0.5, 0.25]);
    expect(all(plan("constant"))).toEqual([0.5, 1, 1, 1, 1]);
    expectClose(all(plan("cosine")), [0.5, 1, 0.853553, 0.5, 0.146447], 1e-6);
  });

  it("starts at its peak without a warm-up, and never leaves [0, peak]", () => {
    expect(all(plan("linear", 0))[0]).toBe(1);
    for (const schedule of ["linear", "cosine", "constant"] as const) {
      for (let step = 1; step < 20; step++) {
        expect(rateAt(step, plan(schedule))).toBeGreaterThanOrEqual(0);
        expect(rateAt(step, plan(schedule))).toBeLessThanOrEqual(1);
      }
    }
  });
});
