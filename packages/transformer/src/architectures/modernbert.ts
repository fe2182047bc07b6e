import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { withoutEffect } from "../config-effect";
import {
  dropouts,
  epsilon,
  firstDraw,
  generalFields,
  languageModelHead,
  layerTypes,
  refuse,
  size,
  tokenId,
} from "../config-fields";
import { checkHeads, checkPadding } from "../encoder-config";
import {
  Activation,
  activate,
  attention,
  biases,
  embedding,
  firstState,
  layerNorm,
  linear,
  meanOverTokens,
  type ParameterOf,
  RopeParameters,
  type Rotation,
  rotate,
  rotation,
  splitHeads,
  turningOf,
} from "../layers";
import { shapesOf } from "../weight-shapes";

const theta = z.number().positive();

const Config = z
  .strictObject({
    ...generalFields,
    ...dropouts("attention_dropout", "embedding_dropout", "mlp_dropout", "classifier_dropout"),
    model_type: z.literal("modernbert"),
    vocab_size: size.default(50368),
    hidden_size: size.default(768),
    intermediate_size: size.default(1152),
    num_hidden_layers: size.default(22),
    num_attention_heads: size.default(12),
    hidden_activation: Activation.default("gelu"),
    max_position_embeddings: size.default(8192),
    norm_eps: epsilon.default(1e-5),
    norm_bias: z.boolean().default(false),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    layer_types: layerTypes,
    global_attn_every_n_layers: size.optional(),
    local_attention: size.default(128),
    rope_parameters: z
      .strictObject({ full_attention: RopeParameters.nullish(), sliding_attention: RopeParameters.nullish() })
      .nullish(),
    global_rope_theta: theta.optional(),
    local_rope_theta: theta.optional(),
    classifier_pooling: z.enum(["cls", "mean"]).default("cls"),
    classifier_bias: z.boolean().default(false),
    classifier_activation: Activation.default("gelu"),
    pad_token_id: tokenId.nullable().default(50283),
    ...withoutEffect("of the tokenizer", { cls_token_id: tokenId.nullish() }),
    ...withoutEffect(firstDraw, { initializer_cutoff_factor: z.number().optional() }),
    ...withoutEffect(languageModelHead, {
      decoder_bias: z.boolean().optional(),
      sparse_prediction: z.boolean().optional(),
      sparse_pred_ignore_index: z.number().optional(),
    }),
    ...withoutEffect("of faster kernels for the same computation", {
      deterministic_flash_attn: z.boolean().optional(),
      repad_logits_with_grad: z.boolean().optional(),
      reference_compile: z.boolean().nullish(),
    }),
    // The first checkpoints carry these two of BERT's, which must say nothing else than norm_eps and the model itself.
    layer_norm_eps: epsilon.optional(),
    position_embedding_type: z.literal("absolute").optional(),
  })
  .check(checkHeads, checkPadding, (payload) => {
    const config = payload.value;
    const { layer_types, rope_parameters } = config;
    if ((config.hidden_size / config.num_attention_heads) % 2 !== 0)
      refuse(payload, ["num_attention_heads"], "must give heads of an even size, as positions turn pairs of numbers");
    if (layer_types && layer_types.length !== config.num_hidden_layers)
      refuse(payload, ["layer_types"], "must have one entry a layer");
    if (layer_types?.some((kind, layer) => config.global_attn_every_n_layers && kind !== kindByTurns(config, layer)))
      refuse(payload, ["global_attn_every_n_layers"], "contradicts layer_types");
    if (config.layer_norm_eps !== undefined && config.layer_norm_eps !== config.norm_eps)
      refuse(payload, ["layer_norm_eps"], "contradicts norm_eps");
    for (const kind of kinds) {
      const { partial_rotary_factor = 1, rope_theta } = rope_parameters?.[kind] ?? {};
      const outside = config[thetaOf[kind]];
      if (partial_rotary_factor !== 1)
        refuse(payload, ["rope_parameters", kind, "partial_rotary_factor"], "must be 1: whole heads turn");
      if (outside !== undefined && outside !== (rope_theta ?? outside))
        refuse(payload, [thetaOf[kind]], `contradicts rope_parameters.${kind}.rope_theta`);
    }
  });
type Config = z.infer<typeof Config>;

const kinds = ["full_attention", "sliding_attention"] as const;
type Kind = (typeof kinds)[number];

/** Which field says the base of the wavelengths of a kind of layer, if rope_parameters does not. */
const thetaOf = { full_attention: "global_rope_theta", sliding_attention: "local_rope_theta" } as const;

const kindByTurns = ({ global_attn_every_n_layers = 3 }: Pick<Config, "global_attn_every_n_layers">, layer: number) =>
  layer % global_attn_every_n_layers === 0 ? "full_attention" : "sliding_attention";
const kindOf = (config: Config, layer: number): Kind => config.layer_types?.[layer] ?? kindByTurns(config, layer);

function rotationOf(config: Config, kind: Kind, t: Tensor["shape"][number]): Rotation {
  const parameters = config.rope_parameters?.[kind] ?? { rope_type: "default" };
  const base = config[thetaOf[kind]] ?? (kind === "full_attention" ? 160_000 : 10_000);
  const { max_position_embeddings: maxPositions } = config;
  const rope = { parameters, theta: parameters.rope_theta ?? base, partial: 1, maxPositions };
  return rotation(t, turningOf(rope, config.hidden_size / config.num_attention_heads));
}

/** ModernBERT (Warner et al. 2024): pre-norm, rotary positions, GeGLU, and windows on all but every third layer. */
export const modernbert: Architecture<Config> = {
  modelType: "modernbert",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings,

  weightShapes: ({ hidden_size, intermediate_size, norm_bias, attention_bias, mlp_bias, ...config }) =>
    shapesOf((list) => {
      const norm = { bias: norm_bias };
      list.table("embeddings.tok_embeddings", config.vocab_size, hidden_size);
      list.norm("embeddings.norm", hidden_size, norm);
      for (let i = 0; i < config.num_hidden_layers; i++) {
        if (i > 0) list.norm(`layers.${i}.attn_norm`, hidden_size, norm);
        list.matrix(`layers.${i}.attn.Wqkv`, 3 * hidden_size, hidden_size, { bias: attention_bias });
        list.matrix(`layers.${i}.attn.Wo`, hidden_size, hidden_size, { bias: attention_bias });
        list.norm(`layers.${i}.mlp_norm`, hidden_size, norm);
        list.matrix(`layers.${i}.mlp.Wi`, 2 * intermediate_size, hidden_size, { bias: mlp_bias });
        list.matrix(`layers.${i}.mlp.Wo`, hidden_size, intermediate_size, { bias: mlp_bias });
      }
      list.norm("final_norm", hidden_size, norm);
    }),

  hidden: (config, { inputIds, attentionMask, parameter }) => {
    const norm = (y: Tensor, name: string) => layerNorm(y, parameter, name, normLayout(config));
    const [full, sliding] = kinds.map((kind) => rotationOf(config, kind, inputIds.shape[1]!));
    const biasOf = biases(attentionMask);
    const reach = Math.floor(config.local_attention / 2);
    let x = norm(embedding(inputIds, parameter, "embeddings.tok_embeddings", config.pad_token_id), "embeddings.norm");
    for (let i = 0; i < config.num_hidden_layers; i++) {
      const slides = kindOf(config, i) === "sliding_attention";
      const bias = biasOf(slides ? { causal: false, reach } : { causal: false });
      const read = i === 0 ? x : norm(x, `layers.${i}.attn_norm`); // the embeddings are normed already
      x = build.add(x, selfAttention(read, `layers.${i}`, config, parameter, (slides ? sliding : full)!, bias));
      x = build.add(x, gated(norm(x, `layers.${i}.mlp_norm`), `layers.${i}`, config, parameter));
    }
    return norm(x, "final_norm");
  },

  others: {
    prefix: "model.",
    classification: {
      className: "ModernBertForSequenceClassification",
      pooling: "cls",
      shapes: ({ hidden_size, classifier_bias, norm_bias }) =>
        shapesOf((list) => {
          list.matrix("head.dense", hidden_size, hidden_size, { bias: classifier_bias });
          list.norm("head.norm", hidden_size, { bias: norm_bias });
          list.matrix("classifier", 1, hidden_size);
        }),
      config: { classifier_pooling: "cls" },
      features: (config, hidden, inputs) => {
        const { parameter, attentionMask } = inputs;
        const pooled =
          config.classifier_pooling === "cls" ? firstState(hidden, inputs) : meanOverTokens(hidden, attentionMask);
        const dense = linear(pooled, parameter, "head.dense", { bias: config.classifier_bias });
        const wide = activate(config.classifier_activation, dense);
        return layerNorm(wide, parameter, "head.norm", normLayout(config));
      },
      output: "classifier",
    },
    otherHeads: ["head.", "decoder.", "classifier.", "qa_outputs."],
  },
};

const normLayout = ({ norm_eps, norm_bias }: Config) => ({ epsilon: norm_eps, bias: norm_bias });

function selfAttention(
  x: Tensor,
  layer: string,
  { hidden_size, num_attention_heads, attention_bias }: Config,
  parameter: ParameterOf,
  turn: Rotation,
  bias: Tensor,
): Tensor {
  const joined = linear(x, parameter, `${layer}.attn.Wqkv`, { bias: attention_bias });
  const third = (part: number) =>
    splitHeads(
      build.slice(joined, { axis: -1, start: part * hidden_size, end: (part + 1) * hidden_size }),
      num_attention_heads,
    );
  const mixed = attention(rotate(third(0), turn), rotate(third(1), turn), third(2), { bias });
  return linear(mixed, parameter, `${layer}.attn.Wo`, { bias: attention_bias });
}

/** activation of the first half of Wi's output, times the second half. */
function gated(x: Tensor, layer: string, config: Config, parameter: ParameterOf): Tensor {
  const { intermediate_size: width, mlp_bias, hidden_activation } = config;
  const joined = linear(x, parameter, `${layer}.mlp.Wi`, { bias: mlp_bias });
  const half = (start: number) => build.slice(joined, { axis: -1, start, end: start + width });
  const wide = build.mul(activate(hidden_activation, half(0)), half(width));
  return linear(wide, parameter, `${layer}.mlp.Wo`, { bias: mlp_bias });
}
