import { build, createOnnxExecutor, evaluate, gradient, input, int64, parameter, type Tensor } from "@borda/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Model, WeightTensor } from "../src";
import { architectureOf, modelTypes } from "../src/registry";
import { configs, vocabulary } from "../src/testing";

const PAD = 1;
const runs = { numRuns: 4, seed: 4 };

/** Row lengths of a batch. */
const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });

/** The model of a config with weights of either sign and every size, and norms about 1. */
function modelOf(config: Record<string, unknown>): { model: Model; weights: Map<string, WeightTensor> } {
  const architecture = architectureOf(config, "a generated config");
  let wave = 0;
  const { weightShapes, optionalShapes, classification } = architecture;
  const weights = new Map(
    [...weightShapes, ...optionalShapes, ...classification!.shapes].map(([name, shape]) => {
      const length = shape.reduce((product, n) => product * n, 1);
      const center = /norm.*weight$/i.test(name) ? 1 : 0;
      const data = Float32Array.from({ length }, () => center + 0.5 * Math.sin(++wave * wave * 0.7));
      return [name, { shape, data }] as const;
    }),
  );
  return { model: architecture.model({ weights, head: new Map() }), weights };
}

interface Graph {
  readonly outputs: Record<string, Tensor>;
  readonly gradients: Record<string, Tensor>;
  readonly feeds: Record<string, WeightTensor["data"] extends infer D ? { data: D; dims: readonly number[] } : never>;
}

/** Hidden states, logits, and the gradient of a scalar that every token's state moves, for every weight. */
function graphOf(config: Record<string, unknown>): Graph & { hiddenSize: number } {
  const { model, weights } = modelOf(config);
  const parameters = new Map<string, Tensor>();
  const parameterOf = (name: string) => {
    const known = parameters.get(name) ?? parameter(name, weights.get(name)!.shape);
    parameters.set(name, known);
    return known;
  };
  const ids = (name: string) => input(name, ["n", "t"], "int64");
  const inputs = {
    inputIds: ids("input_ids"),
    attentionMask: ids("attention_mask"),
    segmentIds: ids("token_type_ids"),
    parameter: parameterOf,
  };
  const hidden = model.hidden(inputs);
  const logits = model.classification!.logits(hidden, inputs);
  const real = build.reshape(build.cast(inputs.attentionMask, { to: "float32" }), { shape: ["n", "t", 1] });
  const loss = build.reduceSum(build.mul(build.sin(hidden), real));
  const adjoints = gradient(loss, [...parameters.values()]);
  const gradients = Object.fromEntries([...parameters.keys()].map((name, i) => [`${name}.gradient`, adjoints[i]!]));
  const feeds = Object.fromEntries(
    [...weights].map(([name, { data, shape }]) => [name, { data, dims: shape }] as const),
  );
  return { outputs: { hidden, logits }, gradients, feeds, hiddenSize: model.hiddenSize };
}

/** Rows of text of some lengths, padded to `width` on one side. */
function rowsOf(sizes: readonly number[], side: "left" | "right", width = Math.max(...sizes)) {
  const padded = (row: readonly number[], fill: number) => {
    const padding = Array<number>(width - row.length).fill(fill);
    return side === "right" ? [...row, ...padding] : [...padding, ...row];
  };
  const rows = sizes.map((size, row) =>
    Array.from({ length: size }, (_, i) => 3 + ((5 * row + 3 * i) % (vocabulary - 3))),
  );
  const shaped = (values: readonly (readonly number[])[], fill: number) =>
    int64(
      values.flatMap((row) => padded(row, fill)),
      [sizes.length, width],
    );
  return {
    input_ids: shaped(rows, PAD),
    attention_mask: shaped(
      rows.map((row) => row.map(() => 1)),
      0,
    ),
    token_type_ids: shaped(
      rows.map((row) => row.map((_, i) => Number(i >= 2))),
      0,
    ),
  };
}

/** Of each row the states of its own tokens. */
function tokenStates(states: ArrayLike<number>, sizes: readonly number[], side: "left" | "right", hiddenSize: number) {
  const width = states.length / sizes.length / hiddenSize;
  return sizes.flatMap((size, row) => {
    const first = side === "right" ? 0 : width - size;
    const from = (row * width + first) * hiddenSize;
    return Array.from({ length: size * hiddenSize }, (_, i) => states[from + i]!);
  });
}

describe.each(modelTypes.filter((type) => type !== "borda-starter"))("%s", (type) => {
  test("computes hidden states, logits and every gradient as the reference interpreter does", async () => {
    const property = fc.asyncProperty(configs[type]!, lengths, async (config, sizes) => {
      const { outputs, gradients, feeds, hiddenSize } = graphOf(config);
      const all = { ...outputs, ...gradients };
      const rows = rowsOf(sizes, "right");
      const exact = evaluate(all, { ...rows, ...feeds });
      const executor = await createOnnxExecutor({ outputs: all });
      const actual = await executor.run({ ...rows, ...feeds });
      await executor.close();
      for (const name of Object.keys(all)) {
        const [found, expected] = [actual[name]!.data as Float32Array, exact[name]!.data];
        const own = (data: ArrayLike<number>) =>
          name === "hidden" ? tokenStates(data, sizes, "right", hiddenSize) : data;
        expect(relativeError(own(found), own(expected)), `${name} of ${JSON.stringify(config)}`).toBeLessThan(1e-4);
      }
    });
    await fc.assert(property, runs);
  });

  test("gives a row the same states whatever its padding and its batch mates", async () => {
    const property = fc.asyncProperty(configs[type]!, lengths, async (config, sizes) => {
      const { outputs, feeds, hiddenSize } = graphOf(config);
      const executor = await createOnnxExecutor({ outputs: { hidden: outputs.hidden! } });
      const states = async (side: "left" | "right", width: number) => {
        const { hidden } = await executor.run({ ...rowsOf(sizes, side, width), ...feeds });
        return tokenStates(hidden!.data as Float32Array, sizes, side, hiddenSize);
      };
      const right = await states("right", Math.max(...sizes));
      expect(relativeError(await states("left", 9), right), `left, ${JSON.stringify(config)}`).toBeLessThan(1e-4);
      expect(relativeError(await states("right", 8), right), `right, ${JSON.stringify(config)}`).toBeLessThan(1e-4);
      await executor.close();
    });
    await fc.assert(property, runs);
  });
});

describe("a padding token inside a text", () => {
  /** GPT-2's and GPT-NeoX' embeddings have no padding_idx in transformers. */
  const trainedAlike = ["gpt2", "gpt_neox"];
  test.each(modelTypes.filter((type) => type !== "borda-starter"))("of %s is trained as PyTorch trains it", (type) => {
    const [config] = fc.sample(configs[type]!, { numRuns: 1, seed: 3 });
    const { gradients, feeds } = graphOf({ ...config!, pad_token_id: PAD });
    const rows = { ...rowsOf([5], "right"), input_ids: int64([4, 5, PAD, 6, PAD], [1, 5]) };
    const table = Object.keys(gradients).find((name) => /(tok|word)_embeddings|embed_|wte/.test(name))!;
    const { data, dims } = evaluate(gradients, { ...rows, ...feeds })[table]!;
    const width = dims[1]!;
    const moved = (id: number) => data.subarray(id * width, (id + 1) * width).some((slope) => slope !== 0);
    expect([moved(4), moved(PAD)]).toEqual([true, trainedAlike.includes(type)]);
  });
});

describe("a config that cannot be honoured is refused by the name of its field", () => {
  const base = Object.fromEntries(
    modelTypes
      .filter((type) => configs[type])
      .map((type) => [type, fc.sample(configs[type]!, { numRuns: 1, seed: 1 })[0]!]),
  );
  test.each([
    ["bert", { position_embedding_type: "relative_key" }, "position_embedding_type"],
    ["bert", { is_decoder: true }, "is_decoder"],
    ["bert", { hidden_act: "mish" }, "hidden_act"],
    ["bert", { num_attention_heads: 5 }, "num_attention_heads"],
    ["bert", { quantization_config: {} }, "quantization_config"],
    ["deberta-v2", { pos_att_type: "p2p" }, "pos_att_type.0"],
    ["deberta-v2", { conv_groups: 2 }, "conv_groups"],
    ["deberta-v2", { conv_kernel_size: 2 }, "conv_kernel_size"],
    ["modernbert", { layer_types: ["full_attention"], num_hidden_layers: 2 }, "layer_types"],
    ["gpt_neox", { rotary_pct: 0.25 }, "rope_parameters.partial_rotary_factor"],
    ["gpt_neox", { rotary_pct: 1, rope_parameters: { partial_rotary_factor: 0.5 } }, "rotary_pct"],
    ["modernbert", { layer_norm_eps: 0.5 }, "layer_norm_eps"],
    [
      "modernbert",
      { num_hidden_layers: 1, layer_types: ["sliding_attention"], global_attn_every_n_layers: 1 },
      "global_attn_every_n_layers",
    ],
    [
      "modernbert",
      { global_rope_theta: 5, rope_parameters: { full_attention: { rope_theta: 6 } } },
      "global_rope_theta",
    ],
    ["bert", { pad_token_id: 11 }, "pad_token_id"],
    ["gpt2", { n_ctx: 8 }, "n_ctx"],
    [
      "llama",
      { rope_scaling: { rope_type: "longrope", short_factor: [1], long_factor: [1] } },
      "rope_scaling.rope_type",
    ],
    ["llama", { rope_scaling: { rope_type: "proportional", factor: 2 } }, "rope_scaling.rope_type"],
    ["llama", { rope_scaling: undefined, rope_theta: 5, rope_parameters: { rope_theta: 6 } }, "rope_theta"],
    ["llama", { rope_scaling: { type: "linear", factor: 2 }, rope_parameters: { rope_theta: 6 } }, "rope_parameters"],
    ["llama", { rope_scaling: { type: "linear", factor: 2, beta_fast: 1 } }, "rope_scaling.beta_fast"],
    [
      "llama",
      { rope_parameters: { rope_type: "default", partial_rotary_factor: 0.5 } },
      "rope_parameters.partial_rotary_factor",
    ],
    ["llama", { num_key_value_heads: 5 }, "num_key_value_heads"],
    ["llama", { head_dim: 3 }, "head_dim"],
    ["qwen2", { use_mrope: true }, "use_mrope"],
    ["gemma2", { use_bidirectional_attention: true }, "use_bidirectional_attention"],
    ["gemma2", { hidden_act: "gelu" }, "hidden_act"],
  ])("%s with %j", (type, change, field) => {
    const config = { ...base[type]!, ...(change as object) };
    expect(() => architectureOf(config, "config.json")).toThrowError(
      expect.objectContaining({ code: "UNSUPPORTED_CONFIG", field, message: expect.stringContaining(field) }),
    );
  });
});

/** The largest error of an element, relative to the largest element (at least 1e-2: a key's bias has no gradient). */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [scale, error] = [1e-2, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
  }
  return error / scale;
}
