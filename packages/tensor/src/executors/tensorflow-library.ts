import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RuntimeFixed, RuntimeUnavailable } from "../errors";
import type { Device, Precision, Runtime } from "../runtime";

/** The two builds of TensorFlow that `npm run setup:tensorflow` makes, and the package that loads each. */
export const tensorflowPackages = { cpu: "@tensorflow/tfjs-node", gpu: "@tensorflow/tfjs-node-gpu" } as const;
export type TensorflowBuild = keyof typeof tensorflowPackages;

/** The part of TensorFlow.js that is used here. */
export interface TensorflowJs {
  tensor(data: Float32Array | Int32Array | Uint8Array, dims: readonly number[], dtype: string): TfTensor;
  backend(): { readonly isUsingGpuDevice: boolean };
  readonly node: {
    loadSavedModel(folder: string, tags: string[], signature: string): Promise<TfSignature>;
  };
}
export interface TfTensor {
  readonly shape: readonly number[];
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}
export interface TfSignature {
  predict(feeds: Record<string, TfTensor>): Record<string, TfTensor>;
  dispose(): void;
}

function setupFolder(home: string): string {
  return join(home, "tensorflow");
}

/** Whether the set-up of a build is whole: its last act is to write this file. */
export function isSetUp(home: string, build: TensorflowBuild): boolean {
  return existsSync(join(setupFolder(home), `${build}.json`));
}

/** Why TensorFlow does not run on a device here, in words; nothing where it should. Loads nothing. */
export function missingTensorflow(home: string, device: Device): string | undefined {
  if (device === "webgpu") return "TensorFlow runs on cpu and cuda: take the executor onnx";
  if (buildFor(home, device) === undefined) {
    return `it is not set up in ${home}: npm run setup:tensorflow -- ${device === "cuda" ? "gpu" : "cpu"}`;
  }
  return device === "cuda" && !existsSync("/proc/driver/nvidia/version")
    ? "there is no NVIDIA driver: install one for CUDA 12, or take --device cpu"
    : undefined;
}

/** The build to use for a device: the CPU is also served by the GPU's build where that is the one set up. */
function buildFor(home: string, device: Device): TensorflowBuild | undefined {
  const builds: readonly TensorflowBuild[] = device === "cuda" ? ["gpu"] : device === "cpu" ? ["cpu", "gpu"] : [];
  return builds.find((build) => isSetUp(home, build));
}

let opened: { readonly settings: string; readonly library: TensorflowJs } | undefined;

/**
 * TensorFlow, loaded once a process. Threads, precision and device are environment variables that the native libraries
 * read when they load, so the first caller fixes them: another wish in the same process throws RuntimeFixed. Throws
 * RuntimeUnavailable where nothing is set up for the device.
 */
export function openTensorflow({ home, device = "cpu", precision = "float32", threads = 1 }: Runtime): TensorflowJs {
  if (home === undefined) throw new RuntimeUnavailable("TensorFlow is loaded from BORDA_HOME: name that folder");
  const missing = missingTensorflow(home, device);
  const build = buildFor(home, device);
  if (missing || !build) throw new RuntimeUnavailable(`tensorflow on ${device} is not here: ${missing}`);
  const settings = `${tensorflowPackages[build]} of ${setupFolder(home)}, device ${device}, precision ${precision}, threads ${threads}`;
  if (opened && opened.settings !== settings) {
    throw new RuntimeFixed(
      `this process has loaded TensorFlow with ${opened.settings}, and needs another process for ${settings}`,
    );
  }
  if (!opened) {
    Object.assign(process.env, environmentOf(device, precision, threads));
    const require = createRequire(join(setupFolder(home), "package.json"));
    const library: TensorflowJs = require(tensorflowPackages[build]);
    opened = { settings, library };
  }
  if (device === "cuda" && !opened.library.backend().isUsingGpuDevice) {
    throw new RuntimeUnavailable(
      "TensorFlow found no GPU that it can use: install the libraries of CUDA 12 and cuDNN 9, or take --device cpu",
    );
  }
  return opened.library;
}

/** What the native libraries read. */
function environmentOf(device: Device, precision: Precision, threads: number): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: `${threads}`,
    // A step is one long chain with few side branches.
    TF_NUM_INTEROP_THREADS: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? "2",
    ...(device === "cpu"
      ? {
          // TensorFlow takes oneDNN by itself on processors with VNNI alone; elsewhere products took a third longer without.
          TF_ENABLE_ONEDNN_OPTS: "1",
          // Grappler plans a step for two seconds, and what it makes of ours is no faster.
          BORDA_TENSORFLOW_GRAPPLER: process.env.BORDA_TENSORFLOW_GRAPPLER ?? "0",
          ONEDNN_DEFAULT_FPMATH_MODE: precision === "bfloat16" ? "BF16" : "STRICT",
          // The GPU's build would take a GPU that it sees.
          CUDA_VISIBLE_DEVICES: "-1",
        }
      : {
          NVIDIA_TF32_OVERRIDE: precision === "bfloat16" ? "1" : "0",
          // Without these TensorFlow takes all of the GPU's memory at once, and adds in any order.
          TF_FORCE_GPU_ALLOW_GROWTH: "true",
          TF_DETERMINISTIC_OPS: "1",
        }),
  };
}
