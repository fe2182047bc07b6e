import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isSetUp } from "../src/executors/tensorflow-library";
import { availableExecutors, type Runtime } from "../src/index";

export interface Lane {
  readonly name: string;
  readonly runtime: Runtime;
}

/** The home whose TensorFlow is tested: that of CI's own set-up, or the person's. */
export const home =
  process.env.BORDA_TENSORFLOW_HOME ??
  process.env.BORDA_HOME ??
  fileURLToPath(new URL("../../../.borda", import.meta.url));

const inCi = process.env.CI === "true" || process.env.CI === "1";

/** The processor's lanes: every op and every step runs on both. */
export const lanes: readonly Lane[] = [
  { name: "onnx", runtime: { threads: 2 } },
  ...whereHere({ name: "tensorflow", runtime: { executor: "tensorflow", home, threads: 2 } }, isSetUp(home, "cpu")),
];

/** SwiftShader, the software Vulkan driver that Chromium brings, stands in for a GPU where no driver is named. */
const swiftShader = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
].find((path) => existsSync(path));

/** onnxruntime's WebGPU, where something runs it. */
export async function webgpuLanes(): Promise<readonly Lane[]> {
  if (swiftShader) process.env.VK_ICD_FILENAMES ??= swiftShader;
  const found = (await availableExecutors(home)).find(({ device }) => device === "webgpu")!;
  return whereHere({ name: "onnx on webgpu", runtime: { device: "webgpu", threads: 2 } }, found.available);
}

/**
 * The lane, or nothing where its runtime is missing: that is one test by name that does not run. In CI, where everything
 * is to run, it fails.
 */
export function whereHere(lane: Lane, isHere: boolean): readonly Lane[] {
  if (isHere) return [lane];
  const remedy =
    lane.runtime.device === "webgpu" ? "a Vulkan driver: libvulkan1 and chromium" : "npm run setup:tensorflow";
  (inCi ? test : test.skip)(`the lane ${lane.name} is not here (${remedy})`, () => expect.fail("CI runs every lane"));
  return [];
}
