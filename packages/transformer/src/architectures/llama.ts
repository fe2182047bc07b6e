import { z } from "zod";
import { withoutEffect } from "../config-effect";
import { causal, checkedDecoder, decoderArchitecture, decoderFields, decoderOf } from "../decoder-config";

const Config = checkedDecoder(
  z.strictObject({
    ...decoderFields,
    model_type: z.literal("llama"),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    ...withoutEffect("of how products are cut into slices, with the same sum", {
      pretraining_tp: z.number().nullish(),
    }),
  }),
);

/** Llama 1 to 3 (Touvron et al. 2023; Grattafiori et al. 2024). */
export const llama = decoderArchitecture("llama", Config, (config) => ({
  ...decoderOf(config),
  bias: { inward: config.attention_bias, outward: config.attention_bias, feedForward: config.mlp_bias },
  sight: () => causal(null),
}));
