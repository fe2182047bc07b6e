import { build } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { dropouts, size } from "../config-fields";
import {
  bertNames,
  firstState,
  layerNorm,
  linear,
  oneLabel,
  plainAttention,
  positions,
  postNormLayer,
  postNormShapes,
  sightBias,
  sumOfEmbeddings,
} from "../layers";
import { shapesOf } from "../weight-shapes";
import { bertFields, bertSizes, headsDivide, headsMustDivide } from "./bert";

const Config = z
  .strictObject({
    ...bertFields,
    ...dropouts("summary_last_dropout"),
    model_type: z.literal("electra"),
    embedding_size: size.default(128),
    hidden_size: size.default(256),
    num_attention_heads: size.default(4),
    intermediate_size: size.default(1024),
    // Of the head for multiple choice.
    summary_type: z.string().optional(),
    summary_use_proj: z.boolean().optional(),
    summary_activation: z.string().nullish(),
  })
  .refine(headsDivide, headsMustDivide);
type Config = z.infer<typeof Config>;

/** ELECTRA's discriminator (Clark et al. 2020): BERT, with embeddings that may be narrower than what follows. */
export const electra: Architecture<Config> = {
  modelType: "electra",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings,
  segments: (config) => config.type_vocab_size > 1,

  weightShapes: (config) =>
    shapesOf((list) => {
      const { embedding_size, hidden_size } = config;
      list.table("embeddings.word_embeddings", config.vocab_size, embedding_size);
      list.table("embeddings.position_embeddings", config.max_position_embeddings, embedding_size);
      list.table("embeddings.token_type_embeddings", config.type_vocab_size, embedding_size);
      list.norm("embeddings.LayerNorm", embedding_size);
      if (embedding_size !== hidden_size) list.matrix("embeddings_project", hidden_size, embedding_size);
      for (let i = 0; i < config.num_hidden_layers; i++)
        postNormShapes(list, `encoder.layer.${i}`, bertNames, bertSizes(config));
    }),

  hidden: (config, inputs) => {
    const { parameter, attentionMask } = inputs;
    const sum = sumOfEmbeddings(inputs, { positions: positions(attentionMask), segments: true });
    const attention = plainAttention(config.num_attention_heads, sightBias(attentionMask, { causal: false }));
    let x = layerNorm(sum, parameter, "embeddings.LayerNorm", config.layer_norm_eps);
    if (config.embedding_size !== config.hidden_size) x = linear(x, parameter, "embeddings_project");
    for (let i = 0; i < config.num_hidden_layers; i++)
      x = postNormLayer(x, parameter, `encoder.layer.${i}`, bertNames, bertSizes(config), attention);
    return x;
  },

  others: {
    prefix: "electra.",
    classification: {
      shapes: ({ hidden_size }) =>
        shapesOf((list) => {
          list.matrix("classifier.dense", hidden_size, hidden_size);
          list.matrix("classifier.out_proj", 1, hidden_size);
        }),
      logits: (_, hidden, inputs) => {
        const pooled = build.gelu(linear(firstState(hidden, inputs), inputs.parameter, "classifier.dense"));
        return oneLabel(linear(pooled, inputs.parameter, "classifier.out_proj"));
      },
    },
    otherHeads: ["discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "classifier."],
  },
};
