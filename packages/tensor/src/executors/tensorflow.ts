import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { input } from "../build";
import { type DType, type Feeds, float32, type Value } from "../data";
import { FeedMismatch } from "../errors";
import type { Executor, Lowering } from "../executor";
import { feedsOf } from "../feeds";
import { leavesOf } from "../lower/leaves";
import { doneName, lowerTensorflow, type TensorflowLowering, type TensorflowSignature } from "../lower/tensorflow";
import type { Runtime } from "../runtime";
import { topologicalOrder } from "../tensor";
import { openTensorflow, type TensorflowJs, type TfSignature, type TfTensor } from "./tensorflow-library";

/** Several signatures over one set of variables. */
export interface TensorflowSession<S extends string = string> {
  /** The signature's outputs; its updates are done when this returns. Blocks the event loop. */
  run(signature: S, feeds: Feeds): Record<string, Value>;
  close(): void;
}

/** Lowers signatures and opens them in one session, whose variables hold nothing until a signature assigns them. */
export async function openSession<S extends string>(
  lowering: TensorflowLowering & { readonly signatures: Readonly<Record<S, TensorflowSignature>> },
  runtime: Runtime,
): Promise<TensorflowSession<S>> {
  const tf = openTensorflow(runtime);
  const { model, signatures } = lowerTensorflow(lowering);
  const folder = await mkdtemp(join(tmpdir(), "borda-tensorflow-"));
  const loaded = new Map<string, TfSignature>();
  try {
    await writeFile(join(folder, "saved_model.pb"), model);
    for (const name of Object.keys(signatures)) {
      loaded.set(name, await tf.node.loadSavedModel(folder, ["serve"], name));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return {
    run: (name, feeds) => {
      const { fed, outputs } = signatures[name]!;
      const given = feedsOf(fed, feeds).map(([leaf, value], i) => [`${i}`, feedTensor(tf, leaf, value)] as const);
      try {
        const fetched = loaded.get(name)!.predict(Object.fromEntries(given));
        fetched[doneName]?.dispose();
        return Object.fromEntries(
          Object.entries(outputs).map(([output, { dtype }], i) => [output, taken(fetched[`${i}`]!, dtype)]),
        );
      } finally {
        for (const [, tensor] of given) tensor.dispose();
      }
    },
    close: () => {
      for (const signature of loaded.values()) signature.dispose();
    },
  };
}

/** Lowers a graph and opens it in TensorFlow, its weights resident. */
export async function createTensorflowExecutor(
  { outputs, inputs = [], weights = new Map() }: Lowering,
  runtime: Runtime,
): Promise<Executor> {
  const leaves = leavesOf(topologicalOrder(Object.values(outputs)), inputs);
  const resident = new Map(
    leaves.filter(({ name }) => weights.has(name!)).map(({ name, shape }) => [name!, shape as readonly number[]]),
  );
  const run = { outputs, inputs: inputs.filter(({ name }) => !resident.has(name!)) };
  const session = await openSession({ resident, signatures: { run, assign: assignment(resident) } }, runtime);
  if (resident.size > 0) {
    const values = [...resident].map(([name, dims]) => [name, float32(weights.get(name)!, dims)] as const);
    session.run("assign", Object.fromEntries(values));
  }
  return {
    inputs: leaves.map(({ name }) => name!).filter((name) => !resident.has(name)),
    outputs: Object.keys(outputs),
    run: async (feeds, into = {}) => {
      const results = session.run("run", feeds);
      for (const [name, { data }] of Object.entries(into))
        (data as Float32Array).set(results[name]!.data as Float32Array);
      return { ...results, ...into };
    },
    close: async () => session.close(),
  };
}

/** A signature that stores what it is fed in the variables of the same names. */
export function assignment(variables: ReadonlyMap<string, readonly number[]>): TensorflowSignature {
  const updates = [...variables].map(([name, shape]) => [name, input(name, shape)] as const);
  return { outputs: {}, updates: Object.fromEntries(updates) };
}

function feedTensor(tf: TensorflowJs, name: string, { data, dims }: Value): TfTensor {
  if (data instanceof Float32Array) return tf.tensor(data, dims, "float32");
  if (data instanceof Uint8Array) return tf.tensor(data, dims, "bool");
  const narrow = Int32Array.from(data, Number);
  const wide = data.findIndex((element, i) => element !== BigInt(narrow[i]!));
  if (wide >= 0) throw new FeedMismatch(`"${name}" holds ${data[wide]}, and TensorFlow.js takes integers of 32 bits`);
  return tf.tensor(narrow, dims, "int32");
}

function taken(tensor: TfTensor, dtype: DType): Value {
  const data = tensor.dataSync();
  tensor.dispose();
  const dims = tensor.shape;
  return { data: dtype === "int64" ? BigInt64Array.from(data, BigInt) : (data as Float32Array | Uint8Array), dims };
}
