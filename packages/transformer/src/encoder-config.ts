import { z } from "zod";
import type { Architecture } from "./architecture";
import { dropouts, epsilon, generalFields, refuse, size, tokenId } from "./config-fields";
import {
  Activation,
  bertNames,
  type PositionsOf,
  type PostNormEncoder,
  postNormEncoderShapes,
  postNormStates,
} from "./layers";
import { shapesOf } from "./weight-shapes";

/** What the configs of BERT's descendants have in common; the defaults are those of transformers' BertConfig. */
export const bertFields = {
  ...generalFields,
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
  pad_token_id: tokenId.nullable().default(0),
  position_embedding_type: z.literal("absolute").optional(),
} as const;

type Fields = z.infer<z.ZodObject<typeof bertFields>>;

/** Refuses heads that do not divide the hidden size. */
export const checkHeads: z.core.CheckFn<{ hidden_size: number; num_attention_heads: number }> = (payload) => {
  if (payload.value.hidden_size % payload.value.num_attention_heads !== 0)
    refuse(payload, ["num_attention_heads"], "must divide hidden_size");
};

/** Refuses a padding token outside of the vocabulary, as PyTorch's embeddings do. */
export const checkPadding: z.core.CheckFn<{ vocab_size: number; pad_token_id?: number | null | undefined }> = (
  payload,
) => {
  const { vocab_size, pad_token_id } = payload.value;
  if (pad_token_id != null && pad_token_id >= vocab_size)
    refuse(payload, ["pad_token_id"], `must be below vocab_size, ${vocab_size}`);
};

/** The encoder that BERT's own fields describe. */
export const bertEncoder = (config: Fields): PostNormEncoder => ({
  vocabulary: config.vocab_size,
  padding: config.pad_token_id,
  width: config.hidden_size,
  positions: config.max_position_embeddings,
  segments: config.type_vocab_size,
  layers: config.num_hidden_layers,
  layer: "encoder.layer",
  names: bertNames,
  hidden: config.hidden_size,
  heads: config.num_attention_heads,
  intermediate: config.intermediate_size,
  activation: config.hidden_act,
  epsilon: config.layer_norm_eps,
});

/** What an architecture of BERT's kind says for itself. */
export interface EncoderDesign<Config> extends Pick<Architecture<Config>, "others" | "segments"> {
  encoder(config: Config): PostNormEncoder;
  /** As many as there are positions where left out. */
  maxLength?(config: Config): number;
  /** Counted from 0 where left out. */
  positions?(config: Config): PositionsOf;
}

/** An architecture of BERT's kind. */
export function encoderArchitecture<Config>(
  modelType: string,
  config: Architecture<Config>["config"],
  { encoder, maxLength, positions, segments, others }: EncoderDesign<Config>,
): Architecture<Config> {
  return {
    modelType,
    config,
    hiddenSize: (parsed) => encoder(parsed).hidden,
    maxLength: (parsed) => maxLength?.(parsed) ?? encoder(parsed).positions,
    weightShapes: (parsed) => shapesOf((list) => postNormEncoderShapes(list, encoder(parsed))),
    hidden: (parsed, { segmentIds, ...inputs }) => {
      const told = segmentIds && segments?.(parsed) ? { ...inputs, segmentIds } : inputs;
      return postNormStates(encoder(parsed), told, positions?.(parsed));
    },
    ...(segments && { segments }),
    ...(others && { others }),
  };
}
