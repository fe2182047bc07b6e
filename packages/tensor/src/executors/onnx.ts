import "../quiet";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Feeds, TensorData, Value } from "../data";
import { RuntimeUnavailable } from "../errors";
import type { Executor, Lowering } from "../executor";
import { fedBy, feedsOf } from "../feeds";
import { leavesOf } from "../lower/leaves";
import { lowerOnnx } from "../lower/onnx";
import type { Runtime } from "../runtime";
import { topologicalOrder } from "../tensor";
import { remedyOf } from "./onnx-probe";

/** The part of a runtime that onnxruntime knows. */
export type OnnxOptions = Pick<Runtime, "device" | "threads" | "memory">;

/**
 * How long a thread of onnxruntime looks for work before it sleeps. By itself it goes on looking long after a run has
 * ended, on a core that somebody else could have; so short it still finds the next op of the same run.
 */
const SPIN_MICROSECONDS = 50;

/** Lowers a graph and opens it in onnxruntime; feeds are checked against the graph's shapes before every run. */
export async function createOnnxExecutor(lowering: Lowering, options: OnnxOptions = {}): Promise<Executor> {
  const weights = lowering.weights ?? new Map();
  const leaves = leavesOf(topologicalOrder(Object.values(lowering.outputs)), lowering.inputs);
  const fed = leaves.filter((leaf) => !weights.has(leaf.name!));
  const executor = await openOnnx(lowerOnnx(lowering), options);
  return { ...executor, run: async (feeds, into) => executor.run(Object.fromEntries(feedsOf(fed, feeds)), into) };
}

/** How every session of onnxruntime's is opened here. */
export function sessionOptions({ device = "cpu", threads = 1, memory = "keep" }: OnnxOptions) {
  return {
    // What a device has no kernel for runs on the CPU.
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableCpuMemArena: memory === "keep",
    // A pattern is one block for each set of sizes seen, beside the arena: with batches of every length, memory for nothing.
    enableMemPattern: false,
    extra: {
      // A Gemm that turns its first factor itself is slower than the Transpose and the Gemm that are written for it, and
      // SkipLayerNormalization than the Add and the LayerNormalization: a fused kernel is not always the faster one.
      optimization: { disable_specified_optimizers: "GemmTransposeFusion;SkipLayerNormFusion" },
      session: { intra_op: { spin_duration_us: String(SPIN_MICROSECONDS) } },
    },
    logSeverityLevel: 3,
  } satisfies InferenceSession.SessionOptions;
}

/** Opens an ONNX model, given as bytes or as a path. */
export async function openOnnx(model: Uint8Array | string, options: OnnxOptions = {}): Promise<Executor> {
  const { device = "cpu" } = options;
  const session = await (typeof model === "string"
    ? InferenceSession.create(model, sessionOptions(options))
    : InferenceSession.create(model, sessionOptions(options))
  ).catch((error: unknown) => {
    throw device === "cpu"
      ? error
      : new RuntimeUnavailable(`onnx on ${device} is not here: ${remedyOf(device, error)}`);
  });
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds, into = {}) => {
      const results = await session.run(ortFeeds(session.inputNames, feeds), ortFetches(session.outputNames, into));
      return Object.fromEntries(session.outputNames.map((name) => [name, toValue(results[name]!)]));
    },
    close: () => session.release(),
  };
}

function ortFeeds(names: readonly string[], feeds: Feeds): Record<string, OrtTensor> {
  return Object.fromEntries(fedBy(names, feeds).map(([name, value]) => [name, ortTensor(value)]));
}

function ortFetches(names: readonly string[], into: Feeds): Record<string, OrtTensor | null> {
  return Object.fromEntries(names.map((name) => [name, into[name] ? ortTensor(into[name]) : null]));
}

/** A view, not a copy: the native side reads and writes the array's own memory. */
function ortTensor({ data, dims }: Value): OrtTensor {
  if (data instanceof Float32Array) return new OrtTensor("float32", data, dims);
  return data instanceof BigInt64Array ? new OrtTensor("int64", data, dims) : new OrtTensor("bool", data, dims);
}

function toValue(tensor: OrtTensor): Value {
  return { data: tensor.data as TensorData, dims: tensor.dims };
}
