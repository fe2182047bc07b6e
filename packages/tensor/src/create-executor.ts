import type { Executor, Lowering } from "./executor";
import { createOnnxExecutor } from "./executors/onnx";
import { createTensorflowExecutor } from "./executors/tensorflow";
import { roundedProducts } from "./rounded-products";
import type { Runtime } from "./runtime";

/** Opens a graph where the runtime says. Throws RuntimeUnavailable where that is not there. */
export function createExecutor(lowering: Lowering, runtime: Runtime = {}): Promise<Executor> {
  if (runtime.precision === "bfloat16-emulated") {
    const [outputs] = roundedProducts(lowering.outputs);
    return createExecutor({ ...lowering, outputs }, { ...runtime, precision: "float32" });
  }
  return runtime.executor === "tensorflow"
    ? createTensorflowExecutor(lowering, runtime)
    : createOnnxExecutor(lowering, runtime);
}
