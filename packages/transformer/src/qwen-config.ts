import { z } from "zod";
import { withoutEffect } from "./config-effect";
import { layerTypes, refuse, size } from "./config-fields";
import { causal, decoderFields } from "./decoder-config";
import type { Sight } from "./layers";

function whatSaysWindows({ use_sliding_window, layer_types }: Readonly<Record<string, unknown>>): string | undefined {
  if (!use_sliding_window) return "use_sliding_window is off";
  return layer_types ? "layer_types says which layers slide" : undefined;
}

/** What Qwen 2 and 3 have in common; the defaults are those of transformers' Qwen2Config. */
export const qwenFields = {
  ...decoderFields,
  vocab_size: size.default(151936),
  intermediate_size: size.default(22016),
  num_key_value_heads: size.nullable().default(32),
  max_position_embeddings: size.default(32768),
  use_sliding_window: z.boolean().default(false),
  ...withoutEffect((config) => (config.use_sliding_window ? undefined : "use_sliding_window is off"), {
    sliding_window: size.nullable().default(4096),
  }),
  ...withoutEffect(whatSaysWindows, { max_window_layers: z.number().int().nonnegative().default(28) }),
  layer_types: layerTypes,
  use_mrope: z.literal(false).optional(),
} as const;

type Windows = Pick<
  z.infer<z.ZodObject<typeof qwenFields>>,
  "use_sliding_window" | "sliding_window" | "max_window_layers" | "layer_types" | "num_hidden_layers"
>;

/** Layers from max_window_layers on see through the window, unless layer_types says which do. */
export function qwenSight(config: Windows): (layer: number) => Sight {
  const window = config.use_sliding_window ? config.sliding_window : null;
  return (layer) => {
    const slides = config.layer_types
      ? config.layer_types[layer] === "sliding_attention"
      : layer >= config.max_window_layers;
    return causal(slides ? window : null);
  };
}

/** Adds a check of layer_types: one entry a layer, and a window where one slides. */
export function checkedLayerTypes<S extends z.ZodType<Windows>>(schema: S): S {
  return schema.check((payload) => {
    const { layer_types, num_hidden_layers, use_sliding_window, sliding_window } = payload.value;
    if (!layer_types) return;
    if (layer_types.length !== num_hidden_layers)
      refuse(payload, ["layer_types"], `must have ${num_hidden_layers} entries, one a layer`);
    if (layer_types.includes("sliding_attention") && !(use_sliding_window && sliding_window))
      refuse(
        payload,
        ["layer_types"],
        "asks for sliding_attention, but use_sliding_window and sliding_window give no window",
      );
  }) as S;
}
