export * from "./adapter";
export type { Architecture, ConfiguredArchitecture } from "./architecture";
export { sentenceVector } from "./architectures/starter";
export * from "./backbone";
export {
  type CheckpointChanges,
  classifierNames,
  readCheckpoint,
  readModel,
  saveBackbone,
  withConfig,
} from "./checkpoint";
export { describeModel, type ModelDescription } from "./describe";
export { promptShare } from "./encode-group";
export * from "./errors";
export * from "./hub";
export { firstToken, lastToken, meanOverTokens, placesRead, stateAt } from "./layers";
export { loadBackbone } from "./load-backbone";
export { type ModelOutline, readOutline } from "./outline";
export { architectureOf, modelTypes } from "./registry";
export * from "./safetensors";
export { headPrefix } from "./tensor-names";
export * from "./tokenizer";
