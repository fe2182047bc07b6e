import type { z } from "zod";
import type { Architecture } from "./architecture";
import { dropouts, epsilon, generalFields, refuse, size, tokenId } from "./config-fields";
import { checkPadding } from "./encoder-config";
import {
  Activation,
  type ActivationName,
  type Decoder,
  decoderHead,
  decoderShapes,
  decoderStates,
  languageModelHeads,
  ropeContradictions,
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
  pad_token_id: tokenId.nullish(),
} as const;

type AllFields = z.infer<z.ZodObject<typeof decoderFields>>;
/** Gemma's configs say the activation by another name. */
type Fields = Omit<AllFields, "hidden_act"> & { readonly hidden_act?: ActivationName | undefined };
type Attention = Pick<Fields, "hidden_size" | "num_attention_heads" | "num_key_value_heads" | "head_dim">;

const groupsOf = (config: Attention) => config.num_key_value_heads ?? config.num_attention_heads;
const headSizeOf = (config: Attention) => config.head_dim ?? config.hidden_size / config.num_attention_heads;

/** Adds the checks of the fields that depend on each other; the message names the field. */
export function checkedDecoder<S extends z.ZodType<Fields>>(schema: S): S {
  return schema.check(checkPadding, (payload) => {
    const config = payload.value;
    if (config.num_attention_heads % groupsOf(config) !== 0)
      refuse(payload, ["num_key_value_heads"], "must divide num_attention_heads");
    if (!Number.isInteger(headSizeOf(config))) refuse(payload, ["num_attention_heads"], "must divide hidden_size");
    else if (headSizeOf(config) % 2 !== 0)
      refuse(payload, ["head_dim"], "must be even, as positions turn pairs of numbers");
    for (const field of ["rope_scaling", "rope_parameters"] as const)
      if ((config[field]?.partial_rotary_factor ?? 1) !== 1)
        refuse(payload, [field, "partial_rotary_factor"], "must be 1: this architecture turns whole heads");
    for (const [field, problem] of ropeContradictions(config)) refuse(payload, [field], problem);
  }) as S;
}

/** The parts of Decoder that every config says by the same fields. */
export function decoderOf(config: AllFields): Omit<Decoder, "bias" | "sight"> {
  return {
    vocabulary: config.vocab_size,
    padding: config.pad_token_id,
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
  config: Architecture<Config>["config"],
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
      classification: decoderHead(classNameOf(modelType), ({ hidden_size }) => hidden_size),
      otherHeads: languageModelHeads,
    },
  };
}

/** Llama's descendants are all called by their model_type, with a capital. */
function classNameOf(modelType: string): string {
  return `${modelType.charAt(0).toUpperCase()}${modelType.slice(1)}ForSequenceClassification`;
}
