import type { BackboneFacts } from "@borda/preferences";

/** Of a small BERT. */
export const someFacts: BackboneFacts = {
  ...{ modelType: "bert", hiddenSize: 8, maxLength: 64, parameters: 100, layers: 2, layerParameters: 20 },
  ...{ adapterParameters: 30, bytes: 400, dtypes: ["F32"], vocabularySize: 11, poolings: ["mean", "cls"] },
  ...{ activations: { perToken: 9, perPair: 2 }, honoured: {}, head: [], leftOut: [] },
  machine: { memory: 1e9, disk: 1e9 },
};
