import { build, constant, evaluate, float32, input, int64, type Tensor, topologicalOrder } from "@borda/tensor";
import { architectureOf, lastToken, stateAt } from "@borda/transformer";
import { configs } from "@borda/transformer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { layerOf } from "../src/layers";
import { rewardGraph } from "../src/model";
import { narrowed } from "../src/narrowed";
import { packed } from "../src/packing";

type Pooling = Parameters<typeof rewardGraph>[1];

function graphsOf(type: string, pooling: Pooling) {
  return fc.sample(configs[type]!, { numRuns: 5, seed: 3 }).map((config) => {
    const { weightShapes, model } = architectureOf(config, "a generated config");
    const weights = new Map(
      [...weightShapes].map(([name, shape]) => [name, { shape, data: new Float32Array() }] as const),
    );
    return { config, graph: rewardGraph(model({ weights, head: new Map() }), pooling) };
  });
}

/** Layers by name of the model's last block that are computed of every token, in the order of the graph. */
function computedOfTokens(rewards: Tensor, tokens: string): string[] {
  const layers = topologicalOrder([rewards]).flatMap(({ op, inputs: [, weight], shape }) =>
    ["linear", "matmul", "layerNorm"].includes(op) && weight!.op === "parameter"
      ? [{ name: weight!.name!, rows: shape[0] }]
      : [],
  );
  const last = Math.max(...layers.map(({ name }) => layerOf(name) ?? -1));
  const ofTokens = layers.filter(({ name, rows }) => layerOf(name) === last && rows === tokens);
  return ofTokens.map(({ name }) => name.split(".").at(-2)!);
}

const keysAndValues = ["k_proj", "v_proj"];
/** What makes keys and values, where one matrix also makes queries; DeBERTa's positions may be asked by every query. */
const neededOfTokens: Readonly<Record<string, readonly string[]>> = {
  ...{ bert: ["key", "value"], roberta: ["key", "value"], electra: ["key", "value"], distilbert: ["k_lin", "v_lin"] },
  ...{ modernbert: ["attn_norm", "Wqkv"], "deberta-v2": ["query_proj", "key_proj", "value_proj"] },
  ...{ gpt_neox: ["input_layernorm", "query_key_value"], gpt2: ["ln_1", "c_attn"] },
  ...{
    llama: keysAndValues,
    mistral: keysAndValues,
    qwen2: keysAndValues,
    qwen3: keysAndValues,
    gemma2: keysAndValues,
  },
};

test.each(Object.keys(configs))(
  "where one token is pooled, the last layer of %s computes keys and values of all tokens, and the rest of one",
  (type) => {
    for (const { config, graph } of graphsOf(type, type === "gpt2" ? "last" : "cls")) {
      const found = narrowed(graph);
      const computed = computedOfTokens(packed(found, 2).rewards, "r1+r2");
      expect(
        computed.filter((name) => !neededOfTokens[type]!.includes(name)),
        JSON.stringify(config),
      ).toEqual([]);
      expect(computed.length, JSON.stringify(config)).toBeGreaterThan(0);
      const queries = topologicalOrder([found.rewards]).filter(({ op }) => op === "softmax");
      expect(queries.map(({ shape }) => shape[2]).filter((count) => count !== "t")).toEqual([1]);
      expect(topologicalOrder([found.rewards]).filter(({ op }) => op === "parameter")).toEqual(
        expect.arrayContaining(topologicalOrder([graph.rewards]).filter(({ op }) => op === "parameter")),
      );
    }
  },
);

test.each([
  ["without an axis of rows", ["t", 2]],
  ["with one of 1", [1, "t", 2]],
] as const)("what is the same for all rows, %s, or for all places, is read at each row's own place", (_, shape) => {
  const mask = input("mask", ["n", "t"], "int64");
  const x = input("x", ["n", "t", 2]);
  const column = build.reshape(build.cast(build.range({ size: "t" }), { to: "float32" }), { shape: ["t", 1] });
  const places = build.reshape(build.mul(column, constant([1, -2])), { shape });
  const weights = build.softmax(build.matmul(build.add(x, places), x, { transposeY: true }), { axis: -1 });
  const means = build.expand(build.reduceMean(x, { axes: [1], keepDims: true }), { shape: ["n", "t", 2] });
  const features = stateAt(build.concat(build.matmul(weights, x), means, { axis: 2 }), lastToken(mask));
  const rewards = build.reduceSum(features, { axes: [1] });
  const found = narrowed({ features, rewards });
  expect(topologicalOrder([found.rewards]).find(({ op }) => op === "softmax")!.shape).toEqual(["n", 1, "t"]);
  const feeds = {
    mask: int64([1, 1, 0, 1, 1, 1], [2, 3]),
    x: float32([1, 2, 3, 5, 8, 13, 1, 1, 2, 3, 4, 7].map(Math.sin), [2, 3, 2]),
  };
  expect(evaluate({ ...found }, feeds)).toEqual(evaluate({ features, rewards }, feeds));
});

test("where a mean is pooled, the graph stays as it is", () => {
  for (const { graph } of graphsOf("bert", "mean")) expect(narrowed(graph)).toBe(graph);
});
