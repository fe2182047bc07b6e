import { z } from "zod";
import { size } from "../config-fields";
import { causal, checkedDecoder, decoderArchitecture, decoderFields, decoderOf } from "../decoder-config";

const Config = checkedDecoder(
  z.strictObject({
    ...decoderFields,
    model_type: z.literal("mistral"),
    intermediate_size: size.default(14336),
    num_key_value_heads: size.nullable().default(8),
    max_position_embeddings: size.default(131072),
    sliding_window: size.nullable().default(4096),
  }),
);

/** Mistral 7B (Jiang et al. 2023): every layer sees through the same window. */
export const mistral = decoderArchitecture("mistral", Config, (config) => ({
  ...decoderOf(config),
  bias: { inward: false, outward: false, feedForward: false },
  sight: () => causal(config.sliding_window),
}));
