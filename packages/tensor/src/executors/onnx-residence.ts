import { type Feeds, float32, type Value } from "../data";
import type { Executor } from "../executor";
import { type UpdateLoop, updateLoops } from "../lower/loop";
import { elementCount } from "../ops/array";
import type { Residence, ResidencePlan } from "../residence";
import type { Tensor } from "../tensor";
import { createOnnxExecutor, type OnnxOptions } from "./onnx";

const givenKey = (loop: number, i: number) => `given/${loop}/${i}`;

/** One graph, and the loops over what it leaves. */
interface Step {
  readonly executor: Executor;
  readonly loops: readonly UpdateLoop[];
  /** Where the graph leaves what the loops read: the same arrays every time, and in every step of the same weights. */
  readonly into: Feeds;
}

/**
 * Weights and slots as arrays of this process: every run is fed them. The graph ends with the gradients; the update is a
 * loop over each weight's arrays, for onnxruntime has no fused one, and op by op an update costs a quarter of the step.
 */
export async function createOnnxResidence(plan: ResidencePlan, options: OnnxOptions): Promise<Residence> {
  const own = (data: Float32Array) => (plan.arrays === "taken" ? data : data.slice());
  const live = new Map([...plan.weights].map(([name, { shape, data }]) => [name, float32(own(data), shape)]));
  const slots = new Map(
    [...plan.slots].map(([key, shape]) => [key, float32(new Float32Array(elementCount(shape)), shape)]),
  );
  const frozen: Feeds = Object.fromEntries(
    [...plan.frozen].map(([name, { shape, data }]) => [name, float32(data, shape)]),
  );
  const all: Feeds = { ...frozen, ...Object.fromEntries(live), ...Object.fromEntries(slots) };
  const resident = new Map([...live, ...slots]);

  const gradients = new Map<string, Value<Float32Array>>();
  const gradientOf = (key: string, { shape }: Tensor): Value<Float32Array> => {
    const dims = shape as readonly number[];
    const array = gradients.get(key) ?? float32(new Float32Array(elementCount(dims)), dims);
    gradients.set(key, array);
    return array;
  };
  const steps = new Map<string, Step>();
  const passes = new Map<string, Executor>();
  const close = async () => {
    for (const { executor } of steps.values()) await executor.close();
    for (const executor of passes.values()) await executor.close();
  };
  const openStep = async (name: string, { outputs, updates }: ResidencePlan["steps"][string]) => {
    const loops = updateLoops(updates, (key) => resident.has(key));
    const given = loops.flatMap((loop, l) => loop.given.map((tensor, i) => [givenKey(l, i), tensor] as const));
    const executor = await createOnnxExecutor({ outputs: { ...outputs, ...Object.fromEntries(given) } }, options);
    const arrays = loops.flatMap((loop, l) =>
      loop.given.flatMap((tensor, i) =>
        tensor.shape.length === 0 ? [] : [[givenKey(l, i), gradientOf(`${loop.resident[0]}/${i}`, tensor)] as const],
      ),
    );
    steps.set(name, { executor, loops, into: Object.fromEntries(arrays) });
  };
  try {
    for (const [name, step] of Object.entries(plan.steps)) await openStep(name, step);
    for (const [name, outputs] of Object.entries(plan.passes))
      passes.set(name, await createOnnxExecutor({ outputs }, options));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    step: async (name, feeds) => {
      const { executor, loops, into } = steps.get(name)!;
      const results = await executor.run({ ...feeds, ...all }, into);
      for (const [l, loop] of loops.entries()) {
        const arrays = loop.resident.map((key) => resident.get(key)!.data);
        loop.run(
          arrays,
          loop.given.map((_, i) => results[givenKey(l, i)]!.data as Float32Array),
        );
      }
      return results;
    },
    pass: (name, feeds) => passes.get(name)!.run({ ...feeds, ...all }),
    weights: { ...frozen, ...Object.fromEntries(live) },
    copies: () => ({ weights: copied(live), slots: copied(slots) }),
    overwrite: (values) => {
      for (const [key, { data }] of resident) data.set(values.get(key)!);
    },
    close,
  };
}

function copied(arrays: ReadonlyMap<string, Value<Float32Array>>): Map<string, Float32Array> {
  return new Map([...arrays].map(([name, { data }]) => [name, data.slice()]));
}
