import { fileURLToPath } from "node:url";
import { chooseRuntime } from "../src";

/** Where TensorFlow is looked for. */
export const home =
  process.env.BORDA_TENSORFLOW_HOME ??
  process.env.BORDA_HOME ??
  fileURLToPath(new URL("../../../.borda", import.meta.url));
/** Whether it is set up there. */
export const isHere = await chooseRuntime({ executor: "tensorflow", device: "cpu", precision: "float32" }, home).then(
  () => true,
  () => false,
);
