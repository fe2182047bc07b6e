import { existsSync, readFileSync } from "node:fs";
import { RuntimeUnavailable } from "./errors";
import { missingOnnx } from "./executors/onnx-probe";
import { missingTensorflow } from "./executors/tensorflow-library";
import type { Device, ExecutorName, Precision, Runtime } from "./runtime";

/** What a person asks for. */
export interface RuntimeWish {
  readonly executor: "auto" | ExecutorName;
  readonly device: "auto" | Device;
  readonly precision: Precision;
}

/** One executor on one device, whether it is here, and why (not), in a sentence. */
export interface Availability {
  readonly executor: ExecutorName;
  readonly device: Device;
  readonly available: boolean;
  readonly reason: string;
}

type Place = Pick<Availability, "executor" | "device">;

/** In the order in which "auto" takes them. */
const places: readonly Place[] = [
  { executor: "tensorflow", device: "cuda" },
  { executor: "tensorflow", device: "cpu" },
  { executor: "onnx", device: "cuda" },
  { executor: "onnx", device: "cpu" },
  { executor: "onnx", device: "webgpu" },
];

/** Every executor and device; tries those of onnxruntime, and of TensorFlow looks at the set-up without loading it. */
export function availableExecutors(home: string): Promise<Availability[]> {
  return Promise.all(places.map((place) => look(place, "float32", home)));
}

/**
 * What a wish comes to on this machine: "auto" is tensorflow where it is set up, else onnx, and cuda where it is there,
 * else cpu (webgpu only when it is asked for). `reasons` say what was taken, and of every other place why not. Throws
 * RuntimeUnavailable where nothing fits the wish.
 */
export async function chooseRuntime(
  wish: RuntimeWish,
  home: string,
): Promise<{ readonly runtime: Runtime; readonly reasons: readonly string[] }> {
  const fits = ({ executor, device }: Place) =>
    (wish.executor === "auto" || wish.executor === executor) &&
    (wish.device === device || (wish.device === "auto" && device !== "webgpu"));
  const looked: Availability[] = [];
  let taken: Availability | undefined;
  for (const place of places) {
    const found = fits(place)
      ? await look(place, wish.precision, home)
      : { ...place, available: false, reason: `not asked for` };
    looked.push(found);
    if (found.available) taken ??= found;
  }
  const others = looked.filter((place) => place !== taken);
  if (!taken) {
    const wanted = places.some(fits)
      ? others.filter(fits)
      : [
          {
            executor: wish.executor,
            device: wish.device,
            reason: "TensorFlow runs on cpu and cuda: take the executor onnx",
          },
        ];
    throw new RuntimeUnavailable(
      wanted.map(({ executor, device, reason }) => `${executor} on ${device} is not here: ${reason}`).join("; "),
    );
  }
  const { executor, device } = taken;
  return {
    runtime: { executor, device, precision: wish.precision, ...(executor === "tensorflow" ? { home } : {}) },
    reasons: [
      `Taken: ${executor} on ${device} in ${wish.precision}.`,
      ...others.map(
        (place) =>
          `Not ${place.executor} on ${place.device}: ${place.available ? `${executor} on ${device} comes first` : place.reason}.`,
      ),
    ],
  };
}

async function look(place: Place, precision: Precision, home: string): Promise<Availability> {
  const reason =
    missingPrecision(place, precision) ??
    (place.executor === "tensorflow" ? missingTensorflow(home, place.device) : await missingOnnx(place.device));
  return { ...place, available: reason === undefined, reason: reason ?? "here" };
}

function missingPrecision({ executor, device }: Place, precision: Precision): string | undefined {
  if (precision === "float32") return undefined;
  if (precision === "bfloat16-emulated")
    return device === "webgpu" ? "WebGPU knows no bfloat16 to round to: take --device cpu" : undefined;
  if (executor === "onnx")
    return "onnxruntime multiplies in float32: take the executor tensorflow, or --precision float32";
  if (device === "cpu" && !multipliesBfloat16())
    return "this processor has no AMX, without which TensorFlow multiplies in float32 all the same: take --precision float32, or bfloat16-emulated to see what rounding does";
  return undefined;
}

/** oneDNN 3 rounds float32 factors to bfloat16 on AMX alone: with avx512_bf16 it keeps to its float32 kernels. */
function multipliesBfloat16(): boolean {
  const flags = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  return /\bamx_bf16\b/.test(flags);
}
