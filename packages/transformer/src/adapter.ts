import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Tensor } from "@borda/tensor";
import { type AdapterConfig, isSaved, isTarget, parseAdapterConfig, scaleOf } from "./adapter-config";
import type { ForwardInputs, Model, Weights, WeightTensor } from "./backbone";
import { BackboneNotFound, WeightMismatch } from "./errors";
import type { ParameterOf } from "./layers";
import { readSafetensors, writeSafetensors } from "./safetensors";
import { headPrefix } from "./tensor-names";

export type { AdapterConfig } from "./adapter-config";

export const adapterConfigFile = "adapter_config.json";
const adapterWeightsFile = "adapter_model.safetensors";

/** The two matrices that a linear layer's weight is changed by: it becomes weight + scale * B A. */
interface LowRank {
  /** Of the layer whose weight it changes: "encoder.layer.0.attention.self.query". */
  readonly module: string;
  /** [r, in] and [out, r], by their names in adapter_model.safetensors. */
  readonly a: string;
  readonly b: string;
  readonly scale: number;
  /** The layer's weight is [in, out], and so is what is added to it. */
  readonly transposed: boolean;
}

/** A LoRA adapter (Hu et al. 2022) as peft stores it, for one model. */
export interface Adapter {
  readonly config: AdapterConfig;
  /** Every tensor by its name in adapter_model.safetensors. */
  readonly weights: Weights;
  readonly parts: readonly LowRank[];
  /** What modules_to_save keeps whole, in place of the model's own: names of the model, or of its head, to names above. */
  readonly saved?: ReadonlyMap<string, string>;
}

/**
 * Reads an adapter's folder for `model`. Throws BackboneNotFound where it is none, UnsupportedConfig naming a field that
 * cannot be honoured, and WeightMismatch naming a tensor that lacks its partner or fits no layer of the model.
 */
export async function readAdapter(folder: string, model: Model): Promise<Adapter> {
  const path = join(folder, adapterConfigFile);
  const config = parseAdapterConfig(await readConfig(path), path);
  const { tensors } = await readSafetensors(join(folder, adapterWeightsFile));
  const pairs = new Map<string, { A?: string; B?: string }>();
  const saved = new Map<string, string>();
  for (const name of tensors.keys()) {
    const [, inner, matrix] = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name) ?? [];
    if (inner && matrix) pairs.set(inner, { ...pairs.get(inner), [matrix]: name });
    else saved.set(savedName(name, tensors.get(name)!, { config, model, folder }), name);
  }
  const parts = [...pairs].map(([inner, { A: a, B: b }]): LowRank => {
    const missing = a ? "B" : "A";
    if (!a || !b)
      throw new WeightMismatch(inner, `${folder}: ${inner} has no lora_${missing}, but lora_${a ? "A" : "B"}.`);
    return partOf(inner, { a, b }, { config, tensors, model, folder });
  });
  return { config, weights: tensors, parts, ...(saved.size > 0 && { saved }) };
}

/** Writes an adapter's folder as peft does. */
export async function saveAdapter(
  folder: string,
  { config, weights }: Pick<Adapter, "config" | "weights">,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, adapterConfigFile), `${JSON.stringify(config, null, 2)}\n`);
  await writeSafetensors(join(folder, adapterWeightsFile), weights);
}

/**
 * The model with the adapter's matrices as parameters beside its own: hidden states, logits and gradients go through
 * them.
 */
export function withAdapter(model: Model, adapter: Adapter): Model {
  const byWeight = new Map(adapter.parts.map((part) => [`${part.module}.weight`, part]));
  const adapted = <Inputs extends ForwardInputs>(inputs: Inputs): Inputs => ({
    ...inputs,
    parameter: (name: string) => {
      const part = byWeight.get(name);
      return part ? build.add(inputs.parameter(name), change(part, inputs.parameter)) : inputs.parameter(name);
    },
  });
  const { classification } = model;
  const matrices = adapter.parts.flatMap(({ a, b }) =>
    [a, b].map((name) => [name, adapter.weights.get(name)!] as const),
  );
  const own = withSaved(model, adapter);
  return {
    ...model,
    head: own.head,
    weights: new Map([...own.weights, ...matrices]),
    hidden: (inputs) => model.hidden(adapted(inputs)),
    ...(classification && {
      classification: {
        ...classification,
        features: (hidden, inputs) => classification.features(hidden, adapted(inputs)),
        logits: (hidden, inputs) => classification.logits(hidden, adapted(inputs)),
      },
    }),
  };
}

/** The model's weights with the adapter's change added to them: as fast as the model was, and a checkpoint like it. */
export function mergeAdapter(model: Model, adapter: Adapter): Model {
  const own = withSaved(model, adapter);
  const [weights, head] = [new Map(own.weights), new Map(own.head)];
  for (const { module, a, b, scale, transposed } of adapter.parts) {
    const name = `${module}.weight`;
    const [first, second] = [adapter.weights.get(a)!, adapter.weights.get(b)!];
    const into = weights.has(name) ? weights : head;
    into.set(name, addProduct(into.get(name)!, first, second, scale, transposed));
  }
  return { ...model, head, weights };
}

/** The model's own tensors, but those that the adapter brings whole. */
function withSaved(model: Model, { saved, weights }: Adapter): Pick<Model, "weights" | "head"> {
  const brought = [...(saved ?? [])].map(([name, inFile]) => [name, weights.get(inFile)!] as const);
  const own = brought.filter(([name]) => model.weights.has(name));
  const ofHead = brought.filter(([name]) => !model.weights.has(name));
  return { weights: new Map([...model.weights, ...own]), head: new Map([...model.head, ...ofHead]) };
}

/** scale * B A, in the layout of the weight. */
function change({ a, b, scale, transposed }: LowRank, parameter: ParameterOf): Tensor {
  const product = build.mul(build.matmul(parameter(b), parameter(a)), scale);
  return transposed ? build.transpose(product, { permutation: [1, 0] }) : product;
}

function addProduct(
  { shape, data }: WeightTensor,
  a: WeightTensor,
  b: WeightTensor,
  scale: number,
  transposed: boolean,
): WeightTensor {
  const [rank, inward] = a.shape as [number, number];
  const [out] = b.shape as [number];
  const sum = data.slice();
  for (let o = 0; o < out; o++)
    for (let i = 0; i < inward; i++) {
      let product = 0;
      for (let k = 0; k < rank; k++) product += b.data[o * rank + k]! * a.data[k * inward + i]!;
      sum[transposed ? i * out + o : o * inward + i]! += scale * product;
    }
  return { shape, data: sum };
}

async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new BackboneNotFound(
      `${path} cannot be read: a LoRA adapter's folder has one beside ${adapterWeightsFile}.`,
      { cause },
    );
  }
}

interface Surroundings {
  readonly config: AdapterConfig;
  readonly model: Model;
  readonly folder: string;
}

/** A tensor's name without that of the base model inside a model with a head, which adapters of such a model carry. */
function ownNames(name: string): [string, string] {
  return [name, name.slice(name.indexOf(".") + 1)];
}

/** What of the model a tensor of modules_to_save stands for. Throws WeightMismatch. */
function savedName(name: string, { shape }: WeightTensor, { config, model, folder }: Surroundings): string {
  const inner = name.replace(/^base_model\.model\./, "");
  if (inner === name || !isSaved(config, inner))
    throw new WeightMismatch(
      name,
      `${folder}: tensor ${name} is no matrix of a LoRA adapter for linear layers, and modules_to_save does not name it.`,
    );
  const shapes = new Map([
    ...(model.classification?.shapes ?? []),
    ...[...model.weights].map(([own, weight]) => [own, weight.shape] as const),
  ]);
  const own = ownNames(inner).find((each) => shapes.has(each));
  if (own === undefined && inner.startsWith(headPrefix)) return inner;
  if (own === undefined)
    throw new WeightMismatch(name, `${folder}: tensor ${name} belongs to no part of the model or its head.`);
  checkShape(name, shape, shapes.get(own)!, folder);
  return own;
}

function partOf(
  inner: string,
  { a, b }: { readonly a: string; readonly b: string },
  { config, tensors, model, folder }: Surroundings & { readonly tensors: Weights },
): LowRank {
  const known = new Map([...model.head, ...model.weights]);
  const module = ownNames(inner).find((name) => known.has(`${name}.weight`));
  if (module === undefined)
    throw new WeightMismatch(a, `${folder}: ${a} changes ${inner}, which the model does not have.`);
  if (!isTarget(config, inner))
    throw new WeightMismatch(a, `${folder}: ${a} changes ${inner}, which target_modules does not name.`);
  const { rank, scale } = scaleOf(config, inner);
  const { shape } = known.get(`${module}.weight`)!;
  const transposed = model.matrices === "inFirst";
  const [rows, columns] = transposed ? [...shape].reverse() : shape;
  checkShape(a, tensors.get(a)!.shape, [rank, columns!], folder);
  checkShape(b, tensors.get(b)!.shape, [rows!, rank], folder);
  return { module, a, b, transposed, scale };
}

function checkShape(name: string, actual: readonly number[], expected: readonly number[], folder: string): void {
  if (actual.join() !== expected.join())
    throw new WeightMismatch(
      name,
      `${folder}: tensor ${name} has shape [${actual}], the model makes it [${expected}].`,
    );
}

/** The name that peft gives a matrix of the adapter "default" while it is loaded. */
export function loadedName(name: string): string {
  return name.replace(/\.(lora_[AB])\.weight$/, ".$1.default.weight");
}
