import { z } from "zod";
import { checkedDecoder, decoderArchitecture, decoderOf } from "../decoder-config";
import { checkedLayerTypes, qwenFields, qwenSight } from "../qwen-config";

const Config = checkedLayerTypes(checkedDecoder(z.strictObject({ ...qwenFields, model_type: z.literal("qwen2") })));

/** Qwen 2 and 2.5 (Yang et al. 2024): Llama with biases on query, key and value. */
export const qwen2 = decoderArchitecture("qwen2", Config, (config) => ({
  ...decoderOf(config),
  bias: { inward: true, outward: false, feedForward: false },
  sight: qwenSight(config),
}));
