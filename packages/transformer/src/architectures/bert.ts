import { build } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { dropouts, epsilon, generalFields, selfContained, size, tokenId } from "../config-fields";
import {
  Activation,
  bertNames,
  firstState,
  layerNorm,
  linear,
  oneLabel,
  type PostNormSizes,
  plainAttention,
  positions,
  postNormLayer,
  postNormShapes,
  sightBias,
  sumOfEmbeddings,
} from "../layers";
import { shapesOf } from "../weight-shapes";

/** What BERT's descendants have in their configs, too. */
export const bertFields = {
  ...generalFields,
  ...selfContained,
  ...dropouts("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
  vocab_size: size.default(30522),
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: Activation.default("gelu"),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  layer_norm_eps: epsilon.default(1e-12),
  pad_token_id: tokenId,
  position_embedding_type: z.literal("absolute").optional(),
} as const;

/** Fields of the pooler that the first multilingual checkpoints list and no code reads. */
const legacyPooler = {
  directionality: z.literal("bidi").optional(),
  pooler_fc_size: z.number().optional(),
  pooler_num_attention_heads: z.number().optional(),
  pooler_num_fc_layers: z.number().optional(),
  pooler_size_per_head: z.number().optional(),
  pooler_type: z.string().optional(),
} as const;

/** Refuses heads that do not divide the hidden size. */
export function headsDivide<C extends { hidden_size: number; num_attention_heads: number }>(config: C): boolean {
  return config.hidden_size % config.num_attention_heads === 0;
}
export const headsMustDivide = { path: ["num_attention_heads"], message: "must divide hidden_size" };

const Config = z
  .strictObject({ ...bertFields, ...legacyPooler, model_type: z.literal("bert") })
  .refine(headsDivide, headsMustDivide);
type Config = z.infer<typeof Config>;

type BertLike = Pick<
  Config,
  "hidden_size" | "num_attention_heads" | "intermediate_size" | "hidden_act" | "layer_norm_eps"
>;

export const bertSizes = (config: BertLike): PostNormSizes => ({
  hidden: config.hidden_size,
  heads: config.num_attention_heads,
  intermediate: config.intermediate_size,
  activation: config.hidden_act,
  epsilon: config.layer_norm_eps,
});

/** BERT (Devlin et al. 2019). */
export const bert: Architecture<Config> = {
  modelType: "bert",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings,
  segments: (config) => config.type_vocab_size > 1,

  weightShapes: (config) =>
    shapesOf((list) => {
      list.table("embeddings.word_embeddings", config.vocab_size, config.hidden_size);
      list.table("embeddings.position_embeddings", config.max_position_embeddings, config.hidden_size);
      list.table("embeddings.token_type_embeddings", config.type_vocab_size, config.hidden_size);
      list.norm("embeddings.LayerNorm", config.hidden_size);
      for (let i = 0; i < config.num_hidden_layers; i++)
        postNormShapes(list, `encoder.layer.${i}`, bertNames, bertSizes(config));
    }),

  hidden: (config, inputs) => {
    const { parameter, attentionMask } = inputs;
    const sum = sumOfEmbeddings(inputs, { positions: positions(attentionMask), segments: true });
    const attention = plainAttention(config.num_attention_heads, sightBias(attentionMask, { causal: false }));
    let x = layerNorm(sum, parameter, "embeddings.LayerNorm", config.layer_norm_eps);
    for (let i = 0; i < config.num_hidden_layers; i++)
      x = postNormLayer(x, parameter, `encoder.layer.${i}`, bertNames, bertSizes(config), attention);
    return x;
  },

  others: {
    prefix: "bert.",
    optionalShapes: ({ hidden_size }) => shapesOf((list) => list.matrix("pooler.dense", hidden_size, hidden_size)),
    classification: {
      shapes: ({ hidden_size }) => shapesOf((list) => list.matrix("classifier", 1, hidden_size)),
      logits: (_, hidden, inputs) => {
        const pooled = build.tanh(linear(firstState(hidden, inputs), inputs.parameter, "pooler.dense"));
        return oneLabel(linear(pooled, inputs.parameter, "classifier"));
      },
    },
    otherHeads: ["cls.", "classifier.", "qa_outputs."],
  },
};
