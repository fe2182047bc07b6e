import { z } from "zod";
import { withoutEffect } from "../config-effect";
import { languageModelHead, layerTypes, refuse, size, tokenId } from "../config-fields";
import { causal, checkedDecoder, decoderArchitecture, decoderFields, decoderOf } from "../decoder-config";
import { Activation } from "../layers";

const positive = z.number().positive();

const Config = checkedDecoder(
  z.strictObject({
    ...decoderFields,
    model_type: z.literal("gemma2"),
    vocab_size: size.default(256000),
    hidden_size: size.default(2304),
    intermediate_size: size.default(9216),
    num_hidden_layers: size.default(26),
    num_attention_heads: size.default(8),
    num_key_value_heads: size.default(4),
    head_dim: size.default(256),
    // hidden_act is what the first release called it; transformers reads hidden_activation alone.
    hidden_act: Activation.optional(),
    hidden_activation: Activation.default("gelu_pytorch_tanh"),
    max_position_embeddings: size.default(8192),
    pad_token_id: tokenId.nullable().default(0),
    attention_bias: z.boolean().default(false),
    query_pre_attn_scalar: positive.default(256),
    sliding_window: size.nullable().default(4096),
    layer_types: layerTypes,
    attn_logit_softcapping: positive.nullable().default(50),
    ...withoutEffect(languageModelHead, { final_logit_softcapping: positive.nullish() }),
    use_bidirectional_attention: z.literal(false).nullish(),
  }),
).check((payload) => {
  const { hidden_act, hidden_activation, layer_types, num_hidden_layers, sliding_window } = payload.value;
  if ((hidden_act ?? hidden_activation) !== hidden_activation)
    refuse(payload, ["hidden_act"], "differs from hidden_activation, which is the one that counts");
  if (layer_types && layer_types.length !== num_hidden_layers)
    refuse(payload, ["layer_types"], `must have ${num_hidden_layers} entries, one a layer`);
  if (sliding_window === null && (layer_types ?? ["sliding_attention"]).includes("sliding_attention"))
    refuse(payload, ["sliding_window"], "must be given, since layers slide");
});

/** Gemma 2 (Gemma Team 2024): soft-capped scores, windows on every other layer, norms before and behind, GeGLU. */
export const gemma2 = decoderArchitecture("gemma2", Config, (config) => ({
  ...decoderOf({ ...config, hidden_act: config.hidden_activation }),
  norm: { epsilon: config.rms_norm_eps, offset: 1 },
  bias: { inward: config.attention_bias, outward: config.attention_bias, feedForward: false },
  sandwich: true,
  scale: config.query_pre_attn_scalar ** -0.5,
  softCap: config.attn_logit_softcapping ?? undefined,
  embeddingScale: Math.sqrt(config.hidden_size),
  sight: (layer) => {
    const slides = config.layer_types ? config.layer_types[layer] === "sliding_attention" : layer % 2 === 0;
    return causal(slides ? config.sliding_window : null);
  },
}));
