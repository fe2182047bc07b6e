export { type Availability, availableExecutors, chooseRuntime, type Runtime, type RuntimeWish } from "@borda/tensor";
export {
  BackboneNotFound,
  DiskTooSmall,
  describeModel,
  type FetchedModel,
  fetchFromHub,
  type HubOptions,
  type HubProgress,
  type HubSpec,
  HubUnreachable,
  type ModelDescription,
  parseHubSpec,
  TransformerError,
  UnsupportedConfig,
  WeightMismatch,
} from "@borda/transformer";
export { type BareStep, openBareStep } from "./bare-step";
export { readCheckpointInfo, verifyCheckpoint } from "./checkpoint";
export { CheckpointInfo } from "./checkpoint-info";
export type { EncodedGroup } from "./encode";
export * from "./errors";
export { type EvaluateOptions, evaluate, judge } from "./evaluate";
export type { FeatureCacheOptions } from "./feature-cache";
export { type InspectedBackbone, inspectBackbone } from "./inspect-backbone";
export { type Judged, measure, pairedDifference } from "./measure";
export type { Figure } from "./parity/figure";
export { findReferences, type ParityOptions, type ParityReport, parity } from "./parity/parity";
export { hashGroups } from "./provenance";
export { loadScorer, type Score, type Scorer, type ScorerOptions } from "./score";
export type { CheckpointSizes, ServingPrecision } from "./serving-graph";
export { type SplitGroups, splitGroups } from "./split";
export { train } from "./trainer";
export type { TrainOptions, TrainResult } from "./training-run";
