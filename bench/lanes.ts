import { setup } from "@borda/scripts/setup-tensorflow";
import { chooseRuntime, type Device, type ExecutorName, type Precision, RuntimeUnavailable } from "@borda/tensor";

/** A way in which Borda trains on a device; for speed, those of its own. */
export interface Lane<P extends Precision = Exclude<Precision, "bfloat16-emulated">> {
  readonly executor: ExecutorName;
  readonly precision: P;
}

const lanes: readonly Lane[] = [
  { executor: "onnx", precision: "float32" },
  { executor: "tensorflow", precision: "float32" },
  { executor: "tensorflow", precision: "bfloat16" },
];

export function laneName({ executor, precision }: Lane<Precision>): string {
  return `Borda ${executor} ${precision}`;
}

/** The lanes that this machine has on a device, TensorFlow set up in `home` before; tells of each other one why it is not here. */
export async function lanesHere(home: string, device: Device = "cpu"): Promise<Lane[]> {
  await setUpTensorflow(device === "cuda" ? "gpu" : "cpu", home);
  const here: Lane[] = [];
  for (const lane of lanes) {
    try {
      await chooseRuntime({ ...lane, device }, home);
      here.push(lane);
    } catch (error) {
      if (!(error instanceof RuntimeUnavailable)) throw error;
      process.stderr.write(`Without ${laneName(lane)}: ${error.message}\n`);
    }
  }
  return here;
}

/**
 * Those here, of one executor where it is named, and bfloat16 emulated where the processor has none: for what a training
 * comes to, not for how fast.
 */
export async function lanesOfEveryPrecision(home: string, executor?: ExecutorName): Promise<Lane<Precision>[]> {
  const here = (await lanesHere(home)).filter((lane) => !executor || lane.executor === executor);
  if (here.length === 0 || here.some(({ precision }) => precision === "bfloat16")) return here;
  return [...here, { executor: here.at(-1)!.executor, precision: "bfloat16-emulated" }];
}

/** Where TensorFlow cannot be set up the other lanes are measured all the same. */
async function setUpTensorflow(build: "cpu" | "gpu", home: string): Promise<void> {
  try {
    await setup(build, home);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "Refusal") throw error;
    process.stderr.write(`TensorFlow is not set up: ${error.message}\n`);
  }
}
