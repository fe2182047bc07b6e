/** What runs a lowered graph: onnxruntime, or TensorFlow through TensorFlow.js' native binding. */
export type ExecutorName = "onnx" | "tensorflow";
export type Device = "cpu" | "webgpu" | "cuda";
/**
 * float32: products are as exact as float32. bfloat16: a product may round its factors to bfloat16's 8 bits or better;
 * sums, weights and moments stay float32 (on the CPU in oneDNN's bf16 mode, on CUDA as TensorFloat-32). bfloat16-emulated:
 * the graph rounds the factors itself, anywhere and slowly, which shows what bfloat16 would do to a training.
 */
export type Precision = "float32" | "bfloat16" | "bfloat16-emulated";

/** Where a graph runs. What is left out is onnx, cpu and float32. */
export interface Runtime {
  readonly executor?: ExecutorName;
  readonly device?: Device;
  readonly precision?: Precision;
  /** BORDA_HOME, whose folder "tensorflow" the set-up fills; needed by the executor tensorflow alone. */
  readonly home?: string;
  /** Threads inside one op. The same number gives the same bits in every run on one machine. 1 where left out. */
  readonly threads?: number;
  /** Return freed activation memory to the system after each run (slower) instead of keeping it for the next. onnx only. */
  readonly memory?: "keep" | "release";
}
