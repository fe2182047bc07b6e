import { z } from "zod";
import type { Architecture } from "./architecture";
import { dropouts, epsilon, generalFields, size, tokenId } from "./config-fields";
import {
  Activation,
  type Decoder,
  decoderHead,
  decoderShapes,
  decoderStates,
  languageModelHeads,
  ropeFields,
  ropeOf,
  type Sight,
} from "./layers";
import { shapesOf } from "./weight-shapes";

/** What the configs of Llama's descendants have in common; the defaults are those of transformers' LlamaConfig. */
export const decoderFields = {
  ...generalFields,
  ...dropouts("attention_dropout"),
  ...ropeFields,
  vocab_size: size.default(32000),
  hidden_size: size.default(4096),
  intermediate_size: size.default(11008),
  num_hidden_layers: size.default(32),
  num_attention_heads: size.default(32),
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  hidden_act: Activation.default("silu"),
  max_position_embeddings: size.default(2048),
  rms_norm_eps: epsilon.default(1e-6),
  pad_token_id: tokenId,
} as const;

const Fields = z.object(decoderFields);
type Fields = z.infer<typeof Fields>;
type Attention = Pick<Fields, "hidden_size" | "num_attention_heads" | "num_key_value_heads" | "head_dim">;

const groupsOf = (config: Attention) => config.num_key_value_heads ?? config.num_attention_heads;
const headSizeOf = (config: Attention) => config.head_dim ?? config.hidden_size / config.num_attention_heads;

/** Adds the checks of the fields that depend on each other; the message names the field. */
export function checkedDecoder<S extends z.ZodType<Fields>>(schema: S): S {
  return schema.check(({ value, issues }) => {
    const refuse = (path: string[], message: string) => issues.push({ code: "custom", input: value, path, message });
    if (value.num_attention_heads % groupsOf(value) !== 0)
      refuse(["num_key_value_heads"], "must divide num_attention_heads");
    if (!Number.isInteger(headSizeOf(value))) refuse(["num_attention_heads"], "must divide hidden_size");
    else if (headSizeOf(value) % 2 !== 0) refuse(["head_dim"], "must be even, as positions turn pairs of numbers");
    for (const field of ["rope_scaling", "rope_parameters"] as const)
      if ((value[field]?.partial_rotary_factor ?? 1) !== 1)
        refuse([field, "partial_rotary_factor"], "must be 1: this architecture turns whole heads");
  }) as S;
}

/** The parts of Decoder that every config says by the same fields. */
export function decoderOf(config: Fields): Omit<Decoder, "bias" | "sight"> {
  return {
    vocabulary: config.vocab_size,
    hidden: config.hidden_size,
    intermediate: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    groups: groupsOf(config),
    headSize: headSizeOf(config),
    activation: config.hidden_act,
    norm: { epsilon: config.rms_norm_eps },
    rope: ropeOf(config, { theta: config.rope_theta ?? 10_000 }),
  };
}

/** A causal window of `window` tokens, the query's own among them; without one, all that came before. */
export function causal(window: number | null | undefined): Sight {
  return { causal: true, reach: window == null ? undefined : window - 1 };
}

/** An architecture of Llama's kind. */
export function decoderArchitecture<Config extends Fields>(
  modelType: string,
  config: z.ZodType<Config>,
  decoder: (config: Config) => Decoder,
): Architecture<Config> {
  return {
    modelType,
    joining: "continuation",
    config,
    hiddenSize: ({ hidden_size }) => hidden_size,
    maxLength: ({ max_position_embeddings }) => max_position_embeddings,
    weightShapes: (parsed) => shapesOf((list) => decoderShapes(list, decoder(parsed))),
    hidden: (parsed, inputs) => decoderStates(decoder(parsed), inputs),
    others: {
      prefix: "model.",
      classification: decoderHead(({ hidden_size }) => hidden_size),
      otherHeads: languageModelHeads,
    },
  };
}
