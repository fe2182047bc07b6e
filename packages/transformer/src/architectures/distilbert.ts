import { build } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import { dropouts, generalFields, size, tokenId } from "../config-fields";
import {
  Activation,
  firstState,
  layerNorm,
  linear,
  oneLabel,
  type PostNormNames,
  type PostNormSizes,
  plainAttention,
  positions,
  postNormLayer,
  postNormShapes,
  sightBias,
  sumOfEmbeddings,
} from "../layers";
import { shapesOf } from "../weight-shapes";

const Config = z
  .strictObject({
    ...generalFields,
    ...dropouts("dropout", "attention_dropout", "qa_dropout", "seq_classif_dropout"),
    model_type: z.literal("distilbert"),
    vocab_size: size.default(30522),
    max_position_embeddings: size.default(512),
    // Positions begin as sines and are parameters like any others in the checkpoint.
    sinusoidal_pos_embds: z.boolean().optional(),
    n_layers: size.default(6),
    n_heads: size.default(12),
    dim: size.default(768),
    hidden_dim: size.default(3072),
    activation: Activation.default("gelu"),
    pad_token_id: tokenId,
    tie_weights_: z.boolean().optional(),
  })
  .refine((c) => c.dim % c.n_heads === 0, { path: ["n_heads"], message: "must divide dim" });
type Config = z.infer<typeof Config>;

const names: PostNormNames = {
  query: "attention.q_lin",
  key: "attention.k_lin",
  value: "attention.v_lin",
  attentionOutput: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  inward: "ffn.lin1",
  outward: "ffn.lin2",
  outputNorm: "output_layer_norm",
};
/** Not in its config. */
const epsilon = 1e-12;
const sizesOf = ({ dim, n_heads, hidden_dim, activation }: Config): PostNormSizes => ({
  hidden: dim,
  heads: n_heads,
  intermediate: hidden_dim,
  activation,
  epsilon,
});

/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler. */
export const distilbert: Architecture<Config> = {
  modelType: "distilbert",
  config: Config,
  hiddenSize: (config) => config.dim,
  maxLength: (config) => config.max_position_embeddings,

  weightShapes: (config) =>
    shapesOf((list) => {
      list.table("embeddings.word_embeddings", config.vocab_size, config.dim);
      list.table("embeddings.position_embeddings", config.max_position_embeddings, config.dim);
      list.norm("embeddings.LayerNorm", config.dim);
      for (let i = 0; i < config.n_layers; i++) postNormShapes(list, `transformer.layer.${i}`, names, sizesOf(config));
    }),

  hidden: (config, inputs) => {
    const { parameter, attentionMask } = inputs;
    const sum = sumOfEmbeddings(inputs, { positions: positions(attentionMask), segments: false });
    const attention = plainAttention(config.n_heads, sightBias(attentionMask, { causal: false }));
    let x = layerNorm(sum, parameter, "embeddings.LayerNorm", epsilon);
    for (let i = 0; i < config.n_layers; i++)
      x = postNormLayer(x, parameter, `transformer.layer.${i}`, names, sizesOf(config), attention);
    return x;
  },

  others: {
    prefix: "distilbert.",
    classification: {
      shapes: ({ dim }) =>
        shapesOf((list) => {
          list.matrix("pre_classifier", dim, dim);
          list.matrix("classifier", 1, dim);
        }),
      logits: (_, hidden, inputs) => {
        const pooled = build.relu(linear(firstState(hidden, inputs), inputs.parameter, "pre_classifier"));
        return oneLabel(linear(pooled, inputs.parameter, "classifier"));
      },
    },
    otherHeads: ["vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs.", "classifier."],
  },
};
