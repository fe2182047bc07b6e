import type { Executor, Lowering } from "./executor";
import { createOnnxExecutor } from "./executors/onnx";
import { createTensorflowExecutor } from "./executors/tensorflow";
import type { Runtime } from "./runtime";

/** Opens a graph where the runtime says. Throws RuntimeUnavailable where that is not there. */
export function createExecutor(lowering: Lowering, runtime: Runtime = {}): Promise<Executor> {
  return runtime.executor === "tensorflow"
    ? createTensorflowExecutor(lowering, runtime)
    : createOnnxExecutor(lowering, runtime);
}
