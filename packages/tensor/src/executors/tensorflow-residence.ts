import { build, input, parameter } from "../build";
import { type Feeds, float32, type Value } from "../data";
import type { TensorflowSignature } from "../lower/tensorflow";
import type { Residence, ResidencePlan } from "../residence";
import type { Runtime } from "../runtime";
import { assignment, openSession } from "./tensorflow";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Weights and slots as variables of one session, on its device: only batches go in, and only what is asked for comes out. */
export async function createTensorflowResidence(plan: ResidencePlan, runtime: Runtime): Promise<Residence> {
  const shapesOf = (weights: ResidencePlan["weights"]): Shapes =>
    new Map([...weights].map(([name, { shape }]) => [name, shape]));
  const [live, frozen] = [shapesOf(plan.weights), shapesOf(plan.frozen)];
  const signatures: Record<string, TensorflowSignature> = {
    begin: beginning(new Map([...live, ...frozen]), plan.slots),
    overwrite: assignment(new Map([...live, ...plan.slots])),
    weights: reading(live),
    slots: reading(plan.slots),
  };
  for (const [name, step] of Object.entries(plan.steps)) signatures[`step/${name}`] = step;
  for (const [name, outputs] of Object.entries(plan.passes)) signatures[`pass/${name}`] = { outputs };

  const resident = new Map([...live, ...frozen, ...plan.slots]);
  const session = await openSession({ resident, signatures }, runtime);
  const given = (weights: ResidencePlan["weights"]): Feeds =>
    Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, float32(data, shape)]));
  session.run("begin", { ...given(plan.weights), ...given(plan.frozen) });

  const readBack = (signature: "weights" | "slots", shapes: Shapes): Map<string, Value> => {
    // A session refuses to run without anything to fetch.
    const values = shapes.size > 0 ? session.run(signature, {}) : {};
    return new Map([...shapes.keys()].map((key) => [key, values[key]!]));
  };
  const arrays = (values: Map<string, Value>) =>
    new Map([...values].map(([key, { data }]) => [key, data as Float32Array]));
  return {
    step: async (name, feeds) => session.run(`step/${name}`, feeds),
    pass: async (name, feeds) => session.run(`pass/${name}`, feeds),
    get weights() {
      return { ...given(plan.frozen), ...Object.fromEntries(readBack("weights", live)) };
    },
    copies: () => ({ weights: arrays(readBack("weights", live)), slots: arrays(readBack("slots", plan.slots)) }),
    overwrite: (values) => {
      const shapes = [...live, ...plan.slots];
      session.run("overwrite", Object.fromEntries(shapes.map(([key, dims]) => [key, float32(values.get(key)!, dims)])));
    },
    close: async () => session.close(),
  };
}

/** Weights from what is fed, slots zero. */
function beginning(weights: Shapes, slots: Shapes): TensorflowSignature {
  const zeros = [...slots].map(([key, shape]) => [key, build.fill({ value: 0, shape, dtype: "float32" })] as const);
  const fed = [...weights].map(([name, shape]) => [name, input(name, shape)] as const);
  return { outputs: {}, updates: Object.fromEntries([...fed, ...zeros]) };
}

function reading(shapes: Shapes): TensorflowSignature {
  return { outputs: Object.fromEntries([...shapes].map(([key, shape]) => [key, parameter(key, shape)])) };
}
