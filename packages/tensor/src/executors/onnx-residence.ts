import { type Feeds, float32, type Value } from "../data";
import type { Executor } from "../executor";
import type { Residence, ResidencePlan } from "../residence";
import { createOnnxExecutor, type OnnxOptions } from "./onnx";

const nextKey = (key: string) => `next/${key}`;

/** Weights and slots as arrays of this process: every run is fed them, and writes its updates over them. */
export async function createOnnxResidence(plan: ResidencePlan, options: OnnxOptions): Promise<Residence> {
  const live = new Map([...plan.weights].map(([name, { shape, data }]) => [name, float32(data.slice(), shape)]));
  const slots = new Map([...plan.slots].map(([key, shape]) => [key, float32(new Float32Array(size(shape)), shape)]));
  const frozen: Feeds = Object.fromEntries(
    [...plan.frozen].map(([name, { shape, data }]) => [name, float32(data, shape)]),
  );
  const all: Feeds = { ...frozen, ...Object.fromEntries(live), ...Object.fromEntries(slots) };
  const into: Feeds = Object.fromEntries([...live, ...slots].map(([key, value]) => [nextKey(key), value]));

  const steps = new Map<string, Executor>();
  const passes = new Map<string, Executor>();
  for (const [name, { outputs, updates }] of Object.entries(plan.steps)) {
    const nexts = Object.entries(updates).map(([key, next]) => [nextKey(key), next] as const);
    steps.set(name, await createOnnxExecutor({ outputs: { ...outputs, ...Object.fromEntries(nexts) } }, options));
  }
  for (const [name, outputs] of Object.entries(plan.passes)) {
    passes.set(name, await createOnnxExecutor({ outputs }, options));
  }
  return {
    step: (name, feeds) => steps.get(name)!.run({ ...feeds, ...all }, into),
    pass: (name, feeds) => passes.get(name)!.run({ ...feeds, ...all }),
    weights: { ...frozen, ...Object.fromEntries(live) },
    copies: () => ({ weights: copied(live), slots: copied(slots) }),
    overwrite: (values) => {
      for (const [key, { data }] of [...live, ...slots]) data.set(values.get(key)!);
    },
    close: async () => {
      for (const executor of [...steps.values(), ...passes.values()]) await executor.close();
    },
  };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

function copied(arrays: ReadonlyMap<string, Value<Float32Array>>): Map<string, Float32Array> {
  return new Map([...arrays].map(([name, { data }]) => [name, data.slice()]));
}
