import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { dropouts, epsilon, generalFields, refuse, size, tokenId } from "../config-fields";
import { checkHeads } from "../encoder-config";
import {
  Activation,
  attention,
  decoderHead,
  embedding,
  feedForward,
  layerNorm,
  linear,
  type ParameterOf,
  type Rope,
  type Rotation,
  ropeContradictions,
  ropeFields,
  ropeOf,
  rotate,
  rotation,
  sightBias,
  splitHeads,
  turningOf,
} from "../layers";
import { shapesOf } from "../weight-shapes";

const Config = z
  .strictObject({
    ...generalFields,
    ...ropeFields,
    ...dropouts("attention_dropout", "hidden_dropout", "classifier_dropout"),
    model_type: z.literal("gpt_neox"),
    vocab_size: size.default(50432),
    hidden_size: size.default(6144),
    num_hidden_layers: size.default(44),
    num_attention_heads: size.default(64),
    intermediate_size: size.default(24576),
    hidden_act: Activation.default("gelu"),
    max_position_embeddings: size.default(2048),
    layer_norm_eps: epsilon.default(1e-5),
    pad_token_id: tokenId.nullish(),
    use_parallel_residual: z.boolean().default(true),
    attention_bias: z.boolean().default(true),
    // What rope_theta and partial_rotary_factor were called.
    rotary_emb_base: z.number().positive().optional(),
    rotary_pct: z.number().positive().max(1).optional(),
  })
  .check(checkHeads, (payload) => {
    const config = payload.value;
    const { theta, partial } = ropeOfNeox(config);
    if (Math.trunc((config.hidden_size / config.num_attention_heads) * partial) % 2 !== 0)
      refuse(payload, ["rope_parameters", "partial_rotary_factor"], "must turn an even number of each head's numbers");
    for (const [field, problem] of ropeContradictions(config)) refuse(payload, [field], problem);
    const outside = { rope_theta: theta, rotary_emb_base: theta, rotary_pct: partial } as const;
    for (const [field, used] of Object.entries(outside) as [keyof typeof outside, number][])
      if ((config[field] ?? used) !== used) refuse(payload, [field], `contradicts the other fields, which say ${used}`);
  });
type Config = z.infer<typeof Config>;

interface NeoxRope extends Readonly<Parameters<typeof ropeOf>[0]> {
  readonly rotary_emb_base?: number | undefined;
  readonly rotary_pct?: number | undefined;
}

function ropeOfNeox(config: NeoxRope): Rope {
  return ropeOf(config, {
    theta: config.rotary_emb_base ?? config.rope_theta ?? 10_000,
    partial: config.rotary_pct ?? 0.25,
  });
}

/** GPT-NeoX and Pythia (Black et al. 2022): attention and feed-forward side by side, positions in part of each head. */
export const gptNeox: Architecture<Config> = {
  modelType: "gpt_neox",
  joining: "continuation",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings,

  weightShapes: ({ hidden_size, intermediate_size, vocab_size, num_hidden_layers, attention_bias }) =>
    shapesOf((list) => {
      list.table("embed_in", vocab_size, hidden_size);
      for (let i = 0; i < num_hidden_layers; i++) {
        const layer = `layers.${i}`;
        list.norm(`${layer}.input_layernorm`, hidden_size);
        list.norm(`${layer}.post_attention_layernorm`, hidden_size);
        list.matrix(`${layer}.attention.query_key_value`, 3 * hidden_size, hidden_size, { bias: attention_bias });
        list.matrix(`${layer}.attention.dense`, hidden_size, hidden_size, { bias: attention_bias });
        list.matrix(`${layer}.mlp.dense_h_to_4h`, intermediate_size, hidden_size);
        list.matrix(`${layer}.mlp.dense_4h_to_h`, hidden_size, intermediate_size);
      }
      list.norm("final_layer_norm", hidden_size);
    }),

  hidden: (config, { inputIds, attentionMask, parameter }) => {
    const headSize = config.hidden_size / config.num_attention_heads;
    const turn = rotation(inputIds.shape[1]!, turningOf(ropeOfNeox(config), headSize));
    const bias = sightBias(attentionMask, { causal: true });
    let x = embedding(inputIds, parameter, "embed_in");
    for (let i = 0; i < config.num_hidden_layers; i++) {
      const layer = `layers.${i}`;
      const norm = (y: Tensor, name: string) => layerNorm(y, parameter, `${layer}.${name}`, config.layer_norm_eps);
      const attended = selfAttention(norm(x, "input_layernorm"), layer, config, parameter, turn, bias);
      const after = build.add(attended, x);
      const read = norm(config.use_parallel_residual ? x : after, "post_attention_layernorm");
      const names = { inward: `${layer}.mlp.dense_h_to_4h`, outward: `${layer}.mlp.dense_4h_to_h` };
      x = build.add(feedForward(read, parameter, names, config.hidden_act), after);
    }
    return layerNorm(x, parameter, "final_layer_norm", config.layer_norm_eps);
  },

  others: {
    prefix: "gpt_neox.",
    classification: decoderHead("GPTNeoXForSequenceClassification", ({ hidden_size }) => hidden_size),
    otherHeads: ["embed_out.", "lm_head."],
  },
};

/** Query, key and value of a head lie beside each other in one matrix, head after head. */
function selfAttention(
  x: Tensor,
  layer: string,
  { num_attention_heads, attention_bias }: Config,
  parameter: ParameterOf,
  turn: Rotation,
  bias: Tensor,
): Tensor {
  const layout = { bias: attention_bias };
  const joined = splitHeads(linear(x, parameter, `${layer}.attention.query_key_value`, layout), num_attention_heads);
  const headSize = (joined.shape.at(-1) as number) / 3;
  const third = (index: number) =>
    build.slice(joined, { axis: -1, start: index * headSize, end: (index + 1) * headSize });
  const mixed = attention(rotate(third(0), turn), rotate(third(1), turn), third(2), { bias });
  return linear(mixed, parameter, `${layer}.attention.dense`, layout);
}
