import { fileURLToPath } from "node:url";
import { isSetUp, type TensorflowBuild } from "../src/executors/tensorflow-library";
import type { Runtime } from "../src/index";

/** The home whose TensorFlow is tested, where there is one. */
export const home =
  process.env.BORDA_TENSORFLOW_HOME ??
  process.env.BORDA_HOME ??
  fileURLToPath(new URL("../../../.borda", import.meta.url));

/** Every executor, with what a test is told of it. A lane that is not here is not run: in CI a check of its own fails. */
export const lanes: readonly { readonly name: string; readonly runtime: Runtime; readonly isHere: boolean }[] = [
  { name: "onnx", runtime: { threads: 2 }, isHere: true },
  { name: "tensorflow", runtime: tensorflow("cpu"), isHere: isSetUp(home, "cpu") },
];

export function tensorflow(_build: TensorflowBuild): Runtime {
  return { executor: "tensorflow", home, threads: 2 };
}
