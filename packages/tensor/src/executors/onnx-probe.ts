import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, input } from "../build";
import { lowerOnnx } from "../lower/onnx";
import type { Device } from "../runtime";

/** A driver that hangs is none. */
const PATIENCE_MS = 60_000;

/** Opens a model on a device in a process of its own: arguments are onnxruntime's path, the device, the model. */
const program = `
  const [library, device, model] = process.argv.slice(1);
  require(library).InferenceSession.create(Buffer.from(model, "base64"), { executionProviders: [device, "cpu"] }).then(
    (session) => session.release(),
    (error) => {
      process.stdout.write(String(error));
      process.exitCode = 1;
    },
  );`;

/**
 * Why onnxruntime does not run on a device here, in words; nothing where it does. Tried in another process: what drivers
 * and their loaders print is for nobody, and one that crashes takes nobody along.
 */
export async function missingOnnx(device: Device): Promise<string | undefined> {
  if (device === "cpu") return undefined;
  const library = createRequire(import.meta.url).resolve("onnxruntime-node");
  // Cheaper than a process, and the usual case.
  if (device === "cuda" && !existsSync(cudaLibrary(library))) return remedyOf(device);
  const model = lowerOnnx({ outputs: { y: build.neg(input("x", [1])) } });
  const args = ["-e", program, library, device, Buffer.from(model).toString("base64")];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: PATIENCE_MS, killSignal: "SIGKILL" }, (error, stdout) =>
      resolve(
        error ? remedyOf(device, stdout || `the process ended by ${error.signal ?? `code ${error.code}`}`) : undefined,
      ),
    );
  });
}

/** What a device needs, and what onnxruntime said where it failed. */
export function remedyOf(device: Device, cause?: unknown): string {
  const remedy =
    device === "cuda"
      ? "onnxruntime's CUDA library, CUDA 12 and cuDNN 9 are needed (node node_modules/onnxruntime-node/script/install.js)"
      : "a Vulkan, Metal or Direct3D 12 driver is needed (on Linux with libvulkan1)";
  return cause === undefined ? remedy : `${remedy}; onnxruntime says: ${String(cause).split("\n")[0]}`;
}

function cudaLibrary(library: string): string {
  const platform = join(process.platform, process.arch);
  return join(dirname(library), "..", "bin", "napi-v6", platform, "libonnxruntime_providers_cuda.so");
}
