import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { withoutEffect } from "../config-effect";
import { dropouts, epsilon, generalFields, multipleChoiceHead, refuse, size, tokenId } from "../config-fields";
import {
  Activation,
  attention,
  decoderHead,
  embedding,
  feedForward,
  languageModelHeads,
  layerNorm,
  linear,
  type ParameterOf,
  positions,
  sightBias,
  splitHeads,
} from "../layers";
import { type ShapeList, shapesOf } from "../weight-shapes";

const Config = z
  .strictObject({
    ...generalFields,
    ...dropouts("resid_pdrop", "embd_pdrop", "attn_pdrop", "summary_first_dropout", "classifier_dropout"),
    ...withoutEffect(multipleChoiceHead, {
      summary_type: z.string().optional(),
      summary_use_proj: z.boolean().optional(),
      summary_activation: z.string().nullish(),
      summary_proj_to_labels: z.boolean().optional(),
    }),
    ...withoutEffect("of half precision: the same product in float32", {
      reorder_and_upcast_attn: z.boolean().optional(),
    }),
    model_type: z.literal("gpt2"),
    vocab_size: size.default(50257),
    n_positions: size.default(1024),
    n_ctx: size.optional(), // n_positions again, in the first checkpoints
    n_embd: size.default(768),
    n_layer: size.default(12),
    n_head: size.default(12),
    n_inner: size.nullish(),
    activation_function: Activation.default("gelu_new"),
    layer_norm_epsilon: epsilon.default(1e-5),
    scale_attn_weights: z.boolean().default(true),
    scale_attn_by_inverse_layer_idx: z.boolean().default(false),
    pad_token_id: tokenId.nullish(),
  })
  .check((payload) => {
    const { n_embd, n_head, n_ctx, n_positions } = payload.value;
    if (n_embd % n_head !== 0) refuse(payload, ["n_head"], "must divide n_embd");
    if ((n_ctx ?? n_positions) !== n_positions) refuse(payload, ["n_ctx"], "contradicts n_positions");
  });
type Config = z.infer<typeof Config>;

/** GPT-2 keeps its matrices [in, out]. */
const layout = { outFirst: false };

function matrix(list: ShapeList, name: string, inward: number, out: number): void {
  list.add(`${name}.weight`, [inward, out]);
  list.add(`${name}.bias`, [out]);
}

/** GPT-2 (Radford et al. 2019). */
export const gpt2: Architecture<Config> = {
  modelType: "gpt2",
  matrices: "inFirst",
  joining: "continuation",
  config: Config,
  hiddenSize: (config) => config.n_embd,
  maxLength: (config) => config.n_positions,

  weightShapes: ({ vocab_size, n_positions, n_layer, n_embd, n_inner }) =>
    shapesOf((list) => {
      const inner = n_inner ?? 4 * n_embd;
      list.table("wte", vocab_size, n_embd);
      list.table("wpe", n_positions, n_embd);
      for (let i = 0; i < n_layer; i++) {
        list.norm(`h.${i}.ln_1`, n_embd);
        matrix(list, `h.${i}.attn.c_attn`, n_embd, 3 * n_embd);
        matrix(list, `h.${i}.attn.c_proj`, n_embd, n_embd);
        list.norm(`h.${i}.ln_2`, n_embd);
        matrix(list, `h.${i}.mlp.c_fc`, n_embd, inner);
        matrix(list, `h.${i}.mlp.c_proj`, inner, n_embd);
      }
      list.norm("ln_f", n_embd);
    }),

  hidden: (config, { inputIds, attentionMask, parameter }) => {
    const bias = sightBias(attentionMask, { causal: true });
    const places = embedding(positions(attentionMask), parameter, "wpe");
    let x = build.add(embedding(inputIds, parameter, "wte"), places);
    for (let i = 0; i < config.n_layer; i++) {
      const norm = (y: Tensor, name: string) => layerNorm(y, parameter, `h.${i}.${name}`, config.layer_norm_epsilon);
      x = build.add(selfAttention(norm(x, "ln_1"), i, config, parameter, bias), x);
      const names = { inward: `h.${i}.mlp.c_fc`, outward: `h.${i}.mlp.c_proj` };
      x = build.add(feedForward(norm(x, "ln_2"), parameter, names, config.activation_function, layout), x);
    }
    return layerNorm(x, parameter, "ln_f", config.layer_norm_epsilon);
  },

  others: {
    prefix: "transformer.",
    classification: decoderHead("GPT2ForSequenceClassification", ({ n_embd }) => n_embd),
    otherHeads: [...languageModelHeads, "multiple_choice_head."],
  },
};

function selfAttention(x: Tensor, index: number, config: Config, parameter: ParameterOf, bias: Tensor): Tensor {
  const { n_embd, n_head } = config;
  const joined = linear(x, parameter, `h.${index}.attn.c_attn`, layout);
  const third = (part: number) =>
    splitHeads(build.slice(joined, { axis: -1, start: part * n_embd, end: (part + 1) * n_embd }), n_head);
  const perHead = config.scale_attn_weights ? (n_embd / n_head) ** -0.5 : 1;
  const scale = config.scale_attn_by_inverse_layer_idx ? perHead / (index + 1) : perHead;
  const mixed = attention(third(0), third(1), third(2), { bias, scale });
  return linear(mixed, parameter, `h.${index}.attn.c_proj`, layout);
}
