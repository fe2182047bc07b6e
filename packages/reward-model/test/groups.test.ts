import { Pooling } from "@borda/preferences";
import { createOnnxExecutor, evaluate, gradient, topologicalOrder } from "@borda/tensor";
import type { WeightTensor } from "@borda/transformer";
import { architectureOf } from "@borda/transformer";
import { configs, vocabulary } from "@borda/transformer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Batch, collate } from "../src/collate";
import { preferenceLoss } from "../src/loss";
import { type RewardGraph, rewardGraph } from "../src/model";
import { narrowed } from "../src/narrowed";
import { packed } from "../src/packing";
import { batchFeeds, comparisonInputs } from "../src/reward-step";

const PAD = 1;
const terms = { beta: 0.02, centering: 0, margin: 0 };

/** Completions of one prompt: lengths of their rows, and which pairs are judged, each with a target; maybe none. */
const group = fc.integer({ min: 1, max: 4 }).chain((k) => {
  const pairs = Array.from({ length: k }, (_, i) => i).flatMap((i) => Array.from({ length: i }, (_, j) => [j, i]));
  return fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: k, maxLength: k }),
    judged: fc.subarray(pairs as [number, number][]),
    target: fc.constantFrom(0, 0.25, 0.5, 1),
    weight: fc.constantFrom(1, 3),
  });
});
type Group = typeof group extends fc.Arbitrary<infer G> ? G : never;
const groups = fc
  .array(group, { minLength: 1, maxLength: 3 })
  .filter((all) => all.some(({ judged }) => judged.length > 0));

function batchOf(all: readonly Group[], side: "left" | "right"): Batch {
  const encoded = all.map(({ lengths, judged, target, weight }, at) => ({
    rows: lengths.map((length, row) => {
      const ids = Array.from({ length }, (_, i) => 3 + ((7 * at + 5 * row + 3 * i) % (vocabulary - 3)));
      return {
        ids,
        segmentIds: ids.map((_, i) => Number(i > 1)),
        completionStart: 0,
        completionEnd: length,
        truncated: false,
      };
    }),
    comparisons: judged.map(([first, second]) => ({ first, second, target, weight })),
  }));
  const batch = collate(encoded as never, PAD);
  return side === "right" ? batch : { ...batch, ...leftPadded(batch) };
}

function leftPadded({ n, t, inputIds, attentionMask, segmentIds }: Batch) {
  const turned = (values: BigInt64Array) => {
    const rows = Array.from({ length: n }, (_, row) => {
      const padding = attentionMask.subarray(row * t, (row + 1) * t).filter((one) => one === 0n).length;
      const own = [...values.subarray(row * t, (row + 1) * t)];
      return [...own.slice(t - padding), ...own.slice(0, t - padding)];
    });
    return BigInt64Array.from(rows.flat());
  };
  return { inputIds: turned(inputIds), attentionMask: turned(attentionMask), segmentIds: turned(segmentIds) };
}

function weightsOf(shapes: ReadonlyMap<string, readonly number[]>): Map<string, WeightTensor> {
  let wave = 0;
  return new Map(
    [...shapes].map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const center = /norm.*weight$/i.test(name) ? 1 : 0;
      return [name, { shape, data: Float32Array.from({ length }, () => center + 0.5 * Math.sin(++wave * wave * 0.7)) }];
    }),
  );
}

/** The loss in plain words: the mean over prompts that have a pair of the mean over their pairs. */
function plainLoss(rewards: ArrayLike<number>, all: readonly Group[]): number {
  let start = 0;
  const each = all
    .filter(({ judged }) => judged.length > 0)
    .map(({ lengths, judged, target }) => {
      const losses = judged.map(([i, j]) => {
        const [p, q] = [rewards[start + i]!, rewards[start + j]!];
        const share = 1 / (1 + Math.exp(q - p));
        return -target * Math.log(share) - (1 - target) * Math.log(1 - share) + (terms.beta * (p * p + q * q)) / 2;
      });
      start += lengths.length;
      return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    });
  return each.reduce((sum, loss) => sum + loss, 0) / each.length;
}

test.each(Object.keys(configs))(
  "rewards, loss and every gradient of %s are the interpreter's, packed and narrowed or not, whatever groups, pooling and padding",
  async (type) => {
    const property = fc.asyncProperty(
      configs[type]!,
      groups,
      fc.constantFrom(...Pooling.options),
      fc.constantFrom("left" as const, "right" as const),
      async (config, all, drawn, side) => {
        const architecture = architectureOf(config, "a generated config");
        const weights = weightsOf(architecture.weightShapes);
        const model = architecture.model({ weights, head: new Map() });
        const pooling = drawn === "completion" && !model.segments ? "mean" : drawn;
        const graph = rewardGraph(model, pooling);
        const head = weightsOf(
          new Map([
            ["score.weight", [1, model.hiddenSize]],
            ["score.bias", [1]],
          ]),
        );
        const feeds = Object.fromEntries(
          [...weights, ...head].map(([name, { data, shape }]) => [name, { data, dims: shape }]),
        );
        const names = [...graph.trained, ...head.keys()];
        const batch = batchOf(all, side);
        const run = { ...batchFeeds(batch), ...feeds };
        const exact = evaluate(outputsOf(graph, names), run);
        const narrow = narrowed(graph);
        for (const one of ["last", "cls"] as const) {
          const whole = rewardGraph(model, one);
          const found: Readonly<Record<string, { readonly data: Float64Array }>> = evaluate(
            outputsOf(narrowed(whole), names),
            run,
          );
          for (const [name, { data }] of Object.entries(evaluate(outputsOf(whole, names), run)))
            expect(relativeError(found[name]!.data, data), `${name}, ${one}, ${JSON.stringify(config)}`).toBeLessThan(
              1e-9,
            );
        }
        const inBins = [1, 2, 4].map((bins) => [`in bins: ${bins}`, packed(narrow, bins), bins] as const);
        for (const [how, given, bins] of [["plain", graph, 1] as const, ["narrowed", narrow, 1] as const, ...inBins]) {
          const executor = await createOnnxExecutor({ outputs: outputsOf(given, names) });
          const actual = await executor.run({ ...run, ...batchFeeds(batch, bins) });
          await executor.close();
          for (const [name, { data }] of Object.entries(exact))
            expect(
              relativeError(actual[name]!.data as Float32Array, data),
              `${name}, ${how}, ${pooling}, ${side}, ${JSON.stringify([config, all])}`,
            ).toBeLessThan(1e-4);
        }
        expect(exact.loss.data[0]).toBeCloseTo(plainLoss(exact.rewards.data, all), 6);
      },
    );
    await fc.assert(property, { numRuns: 3, seed: 5 });
  },
);

/** Rewards, loss, and its gradient by each parameter that is named. */
function outputsOf({ rewards }: Pick<RewardGraph, "rewards">, names: readonly string[]) {
  const loss = preferenceLoss(rewards, comparisonInputs(), terms);
  const adjoints = gradient(loss, leavesOf(loss, names));
  return { rewards, loss, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, adjoints[i]!])) };
}

function leavesOf(loss: Parameters<typeof gradient>[0], names: readonly string[]) {
  const leaves = new Map(topologicalOrder([loss]).map((tensor) => [tensor.name, tensor]));
  return names.map((name) => leaves.get(name)!);
}

/** The largest error of an element, relative to the largest element (at least 1e-2: a key's bias has no gradient). */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [scale, error] = [1e-2, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
  }
  return error / scale;
}
