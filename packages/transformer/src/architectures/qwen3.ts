import { z } from "zod";
import { size } from "../config-fields";
import { checkedDecoder, decoderArchitecture, decoderOf } from "../decoder-config";
import { checkedLayerTypes, qwenFields, qwenSight } from "../qwen-config";

const Config = checkedLayerTypes(
  checkedDecoder(
    z.strictObject({
      ...qwenFields,
      model_type: z.literal("qwen3"),
      head_dim: size.default(128),
      attention_bias: z.boolean().default(false),
    }),
  ),
);

/** Qwen 3 (Yang et al. 2025): queries and keys are normed within each head. */
export const qwen3 = decoderArchitecture("qwen3", Config, (config) => ({
  ...decoderOf(config),
  bias: { inward: config.attention_bias, outward: config.attention_bias, feedForward: false },
  headNorms: true,
  sight: qwenSight(config),
}));
