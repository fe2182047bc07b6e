import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { parameter } from "../build";
import { float32, type Value } from "../data";
import type { TensorflowSignature } from "../lower/tensorflow";
import { elementCount } from "../ops/array";
import type { Residence, ResidencePlan } from "../residence";
import type { Runtime } from "../runtime";
import { assignment, openSession } from "./tensorflow";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Numbers that are on their way into the session at once: each is there twice meanwhile. */
const SHARE = 2 ** 26;

/** Weights and slots as variables of one session, on its device: only batches go in, and only what is asked for comes out. */
export async function createTensorflowResidence(plan: ResidencePlan, runtime: Runtime): Promise<Residence> {
  const given = new Map([...plan.weights, ...plan.frozen]);
  const [all, live] = [shapesOf(given), shapesOf(plan.weights)];
  const changing = new Map([...live, ...plan.slots]);
  const resident = new Map([...all, ...plan.slots]);
  const overwrites = sharesOf(changing);
  const begins = [...overwrites, ...sharesOf(shapesOf(plan.frozen))];
  const signatures: Record<string, TensorflowSignature> = {
    weights: reading(all),
    live: reading(live),
    slots: reading(plan.slots),
    ...Object.fromEntries(begins.map((share, i) => [`assign/${i}`, assignment(share)])),
  };
  for (const [name, step] of Object.entries(plan.steps)) signatures[`step/${name}`] = step;
  for (const [name, outputs] of Object.entries(plan.passes)) signatures[`pass/${name}`] = { outputs };

  const session = await openSession({ resident, signatures }, runtime);
  const assign = (i: number, share: Shapes, dataOf: (key: string) => Float32Array) => {
    const values = [...share].map(([key, shape]) => [key, float32(dataOf(key), shape)] as const);
    session.run(`assign/${i}`, Object.fromEntries(values));
  };
  // Zeros that the graph made would be a constant of it, which stays beside the first change of what shares its memory.
  const first = (key: string) => given.get(key)?.data ?? new Float32Array(elementCount(plan.slots.get(key)!));
  for (const [i, share] of begins.entries()) {
    assign(i, share, first);
    if (plan.arrays === "taken") await discard([...share.keys()].flatMap((key) => given.get(key)?.data ?? []));
  }

  const readBack = (signature: "weights" | "live" | "slots", shapes: Shapes): Map<string, Value> => {
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
      return Object.fromEntries(readBack("weights", all));
    },
    copies: () => ({ weights: arrays(readBack("live", live)), slots: arrays(readBack("slots", plan.slots)) }),
    overwrite: (values) => {
      for (const [i, share] of overwrites.entries()) assign(i, share, (key) => values.get(key)!);
    },
    close: async () => session.close(),
  };
}

function shapesOf(weights: ResidencePlan["weights"]): Shapes {
  return new Map([...weights].map(([name, { shape }]) => [name, shape]));
}

/** In order, each of what SHARE holds, or of one alone that is larger. */
function sharesOf(shapes: Shapes): Shapes[] {
  const shares: Map<string, readonly number[]>[] = [];
  let left = 0;
  for (const [key, shape] of shapes) {
    const size = elementCount(shape);
    if (shares.length === 0 || size > left) {
      shares.push(new Map());
      left = SHARE;
    }
    shares.at(-1)!.set(key, shape);
    left -= size;
  }
  return shares;
}

function reading(shapes: Shapes): TensorflowSignature {
  return { outputs: Object.fromEntries([...shapes].map(([key, shape]) => [key, parameter(key, shape)])) };
}

/** Gives the memory behind arrays back without waiting for the collector, which does not feel how large it is. */
async function discard(arrays: readonly Float32Array[]): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const closed = once(port2, "close");
  port1.postMessage(null, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
  port1.close();
  port2.close();
  await closed;
}
