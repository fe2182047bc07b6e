import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import type { ForwardInputs } from "../backbone";
import { epsilon, size, tokenId } from "../config-fields";
import {
  bertNames,
  firstState,
  layerNorm,
  linear,
  oneLabel,
  plainAttention,
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
    model_type: z.literal("roberta"),
    vocab_size: size.default(50265),
    layer_norm_eps: epsilon.default(1e-12),
    pad_token_id: tokenId.transform((id) => id ?? 1),
  })
  .refine(headsDivide, headsMustDivide);
type Config = z.infer<typeof Config>;

/** RoBERTa (Liu et al. 2019): BERT without segments, whose positions count from after the padding token's id. */
export const roberta: Architecture<Config> = {
  modelType: "roberta",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings - config.pad_token_id - 1,

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
    const { segmentIds: _, ...unsegmented } = inputs;
    const sum = sumOfEmbeddings(unsegmented, { positions: positionsFrom(config, inputs), segments: true });
    const attention = plainAttention(config.num_attention_heads, sightBias(attentionMask, { causal: false }));
    let x = layerNorm(sum, parameter, "embeddings.LayerNorm", config.layer_norm_eps);
    for (let i = 0; i < config.num_hidden_layers; i++)
      x = postNormLayer(x, parameter, `encoder.layer.${i}`, bertNames, bertSizes(config), attention);
    return x;
  },

  others: {
    prefix: "roberta.",
    optionalShapes: ({ hidden_size }) => shapesOf((list) => list.matrix("pooler.dense", hidden_size, hidden_size)),
    classification: {
      shapes: ({ hidden_size }) =>
        shapesOf((list) => {
          list.matrix("classifier.dense", hidden_size, hidden_size);
          list.matrix("classifier.out_proj", 1, hidden_size);
        }),
      logits: (_, hidden, inputs) => {
        const pooled = build.tanh(linear(firstState(hidden, inputs), inputs.parameter, "classifier.dense"));
        return oneLabel(linear(pooled, inputs.parameter, "classifier.out_proj"));
      },
    },
    otherHeads: ["lm_head.", "classifier.", "qa_outputs."],
  },
};

/** Tokens that are not the padding token are counted, and begin at pad_token_id + 1. int64 [n, t] */
function positionsFrom({ pad_token_id }: Config, { inputIds, attentionMask }: ForwardInputs): Tensor {
  const text = build.cast(build.not(build.equal(inputIds, pad_token_id)), { to: "int64" });
  const counted = build.mul(text, attentionMask);
  return build.add(build.mul(build.cumsum(counted, { axis: 1 }), counted), pad_token_id);
}
