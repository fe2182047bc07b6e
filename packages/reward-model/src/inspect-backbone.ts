import type { BackboneFacts } from "@borda/preferences";
import { loadBackbone, type Model, type ModelDescription, readOutline, type Tokenizer } from "@borda/transformer";
import { countActivations } from "./activations";
import { layerOf } from "./layers";
import { rewardGraph } from "./model";
import { suitingPoolings } from "./pooling";

export type InspectedBackbone = Omit<BackboneFacts, "machine">;

/**
 * Looks at "starter" or a checkpoint's folder as a training would, without reading its weights: the architecture is
 * known, every field of its config is followed, every tensor is there in its shape, and the tokenizer can be read. Throws
 * what is not so, by the errors of packages/transformer.
 */
export async function inspectBackbone(spec: string): Promise<InspectedBackbone> {
  if (spec === "starter") return inspectStarter();
  const { description, model, tokenizer } = await readOutline(spec);
  const { parameters, bytes, dtypes, honoured, head, leftOut } = description;
  return {
    ...measured(model, tokenizer),
    parameters,
    bytes,
    dtypes: [...dtypes],
    ...listed({ honoured, head, leftOut }),
  };
}

/** It is read whole: its weights are few, and in files of another kind. */
async function inspectStarter(): Promise<InspectedBackbone> {
  const { tokenizer, ...model } = await loadBackbone("starter");
  const parameters = [...model.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const nothing = { honoured: model.config, head: [], leftOut: [] };
  return {
    ...measured(model, tokenizer),
    parameters,
    bytes: 4 * parameters,
    dtypes: ["F32"],
    ...listed(nothing),
  };
}

function listed({ honoured, head, leftOut }: Pick<ModelDescription, "honoured" | "head" | "leftOut">) {
  return { honoured: { ...honoured }, head: [...head], leftOut: [...leftOut] };
}

function measured(model: Model, tokenizer: Tokenizer) {
  const poolings = [...suitingPoolings(model, tokenizer)];
  const { modelType, hiddenSize, maxLength, weights } = model;
  const sizes = [...weights].map(([name, { shape }]) => ({
    layer: layerOf(name),
    numbers: shape.reduce((product, size) => product * size, 1),
    adapter: shape.length === 2 ? shape[0]! + shape[1]! : 0,
  }));
  const inLayers = sizes.filter(({ layer }) => layer !== undefined);
  const last = Math.max(0, ...inLayers.map(({ layer }) => layer!));
  const total = (of: typeof sizes, key: "numbers" | "adapter") => of.reduce((sum, size) => sum + size[key], 0);
  return {
    ...{ modelType, hiddenSize, maxLength, poolings, vocabularySize: tokenizer.vocabularySize },
    layers: new Set(inLayers.map(({ layer }) => layer)).size,
    layerParameters: total(
      inLayers.filter(({ layer }) => layer === last),
      "numbers",
    ),
    adapterParameters: total(inLayers, "adapter"),
    activations: countActivations(rewardGraph(model, poolings[0]!)),
  };
}
