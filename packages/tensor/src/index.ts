export { type Builder, build, constant, input, type Operand, parameter } from "./build";
export * from "./errors";
export * from "./executor";
export * from "./executors/onnx";
export { gradient } from "./gradient";
export { lowerOnnx, type OnnxLowering } from "./lower/onnx";
export type { NdArray } from "./ops/array";
export type { OpName } from "./ops/index";
export * from "./optimizer";
export { evaluate } from "./reference";
export * from "./schedule";
export * from "./shape";
export {
  type DType,
  type Feeds,
  float32,
  int64,
  type Tensor,
  type TensorData,
  topologicalOrder,
  type Value,
} from "./tensor";
export * from "./train-step";
