import {
  build,
  constant,
  createOnnxExecutor,
  evaluate,
  gradient,
  input,
  int64,
  parameter,
  type Tensor,
} from "@borda/tensor";
import { describe, expect, test } from "vitest";
import { starter } from "../src/architectures/starter";
import { meanOverTokens } from "../src/layers/position";

const config = starter.config.parse({
  model_type: "borda-starter",
  vocab_size: 7,
  embedding_size: 4,
  hidden_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 5,
  type_vocab_size: 2,
  max_position_embeddings: 16,
  layer_norm_eps: 1e-6,
  hidden_act: "relu",
  pad_token_id: 3,
});

/** Three rows of up to four tokens, one of them a single token, with both segments. */
const rows = {
  input_ids: int64([1, 4, 2, 6, 5, 0, 3, 3, 2, 3, 3, 3], [3, 4]),
  attention_mask: int64([1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0], [3, 4]),
  token_type_ids: int64([0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0], [3, 4]),
};

/** A small starter with every weight away from zero, and a loss that every one of them moves. */
function smallModel() {
  const parameters = new Map<string, Tensor>();
  const weights: Record<string, { data: Float64Array; dims: readonly number[] }> = {};
  let wave = 0;
  for (const [name, shape] of starter.weightShapes(config)) {
    if (name.startsWith("pooler.")) continue; // the original's, which hidden states do not depend on
    parameters.set(name, parameter(name, shape));
    const size = shape.reduce((product, n) => product * n, 1);
    weights[name] = { dims: shape, data: Float64Array.from({ length: size }, () => 0.4 * Math.sin(++wave * 1.7)) };
  }
  const parameterOf = (name: string) => parameters.get(name)!;
  const ids = (name: string) => input(name, ["n", "t"], "int64");
  const attentionMask = ids("attention_mask");
  const hidden = starter.hidden(config, {
    inputIds: ids("input_ids"),
    attentionMask,
    segmentIds: ids("token_type_ids"),
    parameter: parameterOf,
  });
  const pooled = meanOverTokens(hidden, attentionMask);
  const direction = constant([0.3, -1, 0.5, 0.8, -0.2, 1.1, -0.7, 0.4, 0.9, -0.6]);
  return { parameters, weights, loss: build.reduceSum(build.mul(pooled, direction)) };
}

describe("the starter's gradient", () => {
  const { parameters, weights, loss } = smallModel();
  const adjoints = gradient(loss, [...parameters.values()]);
  const gradients = Object.fromEntries([...parameters.keys()].map((name, i) => [`${name}.gradient`, adjoints[i]!]));

  test("agrees with finite differences for every element of every weight", () => {
    const exact = evaluate(gradients, { ...rows, ...weights });
    const at = () => evaluate({ loss }, { ...rows, ...weights }).loss.data[0]!;
    for (const [name, { data }] of Object.entries(weights)) {
      const differences = data.map((kept, i) => {
        data[i] = kept + 1e-5;
        const above = at();
        data[i] = kept - 1e-5;
        const below = at();
        data[i] = kept;
        return (above - below) / 2e-5;
      });
      expect(relativeError(exact[`${name}.gradient`]!.data, differences), name).toBeLessThan(1e-6);
    }
  });

  test("is the interpreter's when onnxruntime computes it", async () => {
    const exact = evaluate(gradients, { ...rows, ...weights });
    const executor = await createOnnxExecutor({ outputs: gradients });
    const floats = Object.fromEntries(
      Object.entries(weights).map(([name, { data, dims }]) => [name, { data: Float32Array.from(data), dims }]),
    );
    const actual = await executor.run({ ...rows, ...floats });
    await executor.close();
    for (const [name, { data }] of Object.entries(exact)) {
      expect(relativeError(actual[name]!.data as Float32Array, data), name).toBeLessThan(1e-5);
    }
  });
});

/** The largest error of an element, relative to the largest element (at least 1e-3: a key's bias has none at all). */
function relativeError(actual: ArrayLike<number>, expected: Float64Array): number {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value) / scale));
}
