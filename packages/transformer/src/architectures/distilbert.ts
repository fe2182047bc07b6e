import { z } from "zod";
import { withoutEffect } from "../config-effect";
import { dropouts, firstDraw, generalFields, languageModelHead, refuse, size, tokenId } from "../config-fields";
import { checkPadding, encoderArchitecture } from "../encoder-config";
import { Activation, firstTokenHead, type PostNormNames } from "../layers";

const Config = z
  .strictObject({
    ...generalFields,
    ...dropouts("dropout", "attention_dropout", "qa_dropout", "seq_classif_dropout"),
    // Sines are where positions begin: a checkpoint's are parameters like any others.
    ...withoutEffect(firstDraw, { sinusoidal_pos_embds: z.boolean().optional() }),
    ...withoutEffect(languageModelHead, { tie_weights_: z.boolean().optional() }),
    model_type: z.literal("distilbert"),
    vocab_size: size.default(30522),
    max_position_embeddings: size.default(512),
    n_layers: size.default(6),
    n_heads: size.default(12),
    dim: size.default(768),
    hidden_dim: size.default(3072),
    activation: Activation.default("gelu"),
    pad_token_id: tokenId.nullable().default(0),
  })
  .check(checkPadding, (payload) => {
    if (payload.value.dim % payload.value.n_heads !== 0) refuse(payload, ["n_heads"], "must divide dim");
  });
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

/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler. */
export const distilbert = encoderArchitecture<Config>("distilbert", Config, {
  encoder: (config) => ({
    vocabulary: config.vocab_size,
    padding: config.pad_token_id,
    width: config.dim,
    positions: config.max_position_embeddings,
    segments: 0,
    layers: config.n_layers,
    layer: "transformer.layer",
    names,
    hidden: config.dim,
    heads: config.n_heads,
    intermediate: config.hidden_dim,
    activation: config.activation,
    epsilon: 1e-12, // not in its config
  }),
  others: {
    prefix: "distilbert.",
    classification: firstTokenHead(
      "DistilBertForSequenceClassification",
      { dense: "pre_classifier", label: "classifier" },
      ({ dim }) => ({
        hidden: dim,
        activation: "relu",
      }),
    ),
    otherHeads: ["vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs.", "classifier."],
  },
});
