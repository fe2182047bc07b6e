import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Model, Weights, WeightTensor } from "./backbone";
import { BackboneNotFound, UnsupportedConfig, WeightMismatch } from "./errors";
import type { ParameterOf } from "./layers";
import { readSafetensors, writeSafetensors } from "./safetensors";

export const adapterConfigFile = "adapter_config.json";
const adapterWeightsFile = "adapter_model.safetensors";

const off = z.literal(false).nullish();
const nothing = z.union([z.null(), z.strictObject({}), z.tuple([])]).optional();

/** adapter_config.json as peft writes it: what changes the computation is honoured, or must be off. */
const AdapterConfig = z.looseObject({
  peft_type: z.literal("LORA"),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  rank_pattern: z.record(z.string(), z.number().int().positive()).nullish(),
  alpha_pattern: z.record(z.string(), z.number().positive()).nullish(),
  use_rslora: z.boolean().nullish(),
  fan_in_fan_out: z.boolean().nullish(),
  bias: z.literal("none").nullish(),
  lora_bias: off,
  use_dora: off,
  use_qalora: off,
  use_bdlora: z.union([z.literal(false), nothing]).optional(),
  alora_invocation_tokens: nothing,
  arrow_config: nothing,
  kasa_config: nothing,
  monteclora_config: nothing,
  layer_replication: nothing,
  target_parameters: nothing,
  trainable_token_indices: nothing,
  modules_to_save: nothing,
});
export type AdapterConfig = z.infer<typeof AdapterConfig>;

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
  /** Matrices by their names in adapter_model.safetensors. */
  readonly weights: Weights;
  readonly parts: readonly LowRank[];
}

/**
 * Reads an adapter's folder for `model`. Throws BackboneNotFound where it is none, UnsupportedConfig naming a field that
 * cannot be honoured, and WeightMismatch naming a matrix that lacks its partner or fits no layer of the model.
 */
export async function readAdapter(folder: string, model: Model): Promise<Adapter> {
  const path = join(folder, adapterConfigFile);
  const config = parseConfig(await readConfig(path), path);
  const { tensors } = await readSafetensors(join(folder, adapterWeightsFile));
  const modules = new Map<string, { a?: string; b?: string }>();
  for (const name of tensors.keys()) {
    const [, inner, matrix] = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name) ?? [];
    if (!inner || !matrix)
      throw new WeightMismatch(name, `${folder}: tensor ${name} is no matrix of a LoRA adapter for linear layers.`);
    const module = moduleOf(inner, model);
    modules.set(module, { ...modules.get(module), [matrix === "A" ? "a" : "b"]: name });
  }
  const parts = [...modules].map(([module, { a, b }]): LowRank => {
    const missing = a ? "B" : "A";
    if (!a || !b)
      throw new WeightMismatch(module, `${folder}: ${module} has no lora_${missing}, but lora_${a ? "A" : "B"}.`);
    return partOf(module, { a, b }, config, tensors, model, folder);
  });
  return { config, weights: tensors, parts };
}

/** Writes an adapter's folder as peft does. */
export async function saveAdapter(folder: string, { config, weights }: Omit<Adapter, "parts">): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, adapterConfigFile), `${JSON.stringify(config, null, 2)}\n`);
  await writeSafetensors(join(folder, adapterWeightsFile), weights);
}

/** The model with the adapter's matrices as parameters beside its own: hidden states and gradients go through them. */
export function withAdapter(model: Model, { parts, weights }: Adapter): Model {
  const byWeight = new Map<string, LowRank>(parts.map((part) => [`${part.module}.weight`, part]));
  const adapted =
    (parameter: ParameterOf): ParameterOf =>
    (name) => {
      const part = byWeight.get(name);
      return part ? build.add(parameter(name), change(part, parameter)) : parameter(name);
    };
  return {
    ...model,
    weights: new Map([...model.weights, ...weights]),
    hidden: (inputs) => model.hidden({ ...inputs, parameter: adapted(inputs.parameter) }),
  };
}

/** The model's weights with the adapter's change added to them: as fast as the model was, and a checkpoint like it. */
export function mergeAdapter(model: Model, { parts, weights }: Adapter): Model {
  const merged = new Map(model.weights);
  for (const { module, a, b, scale, transposed } of parts) {
    const name = `${module}.weight`;
    const before = model.weights.get(name)!;
    merged.set(name, addProduct(before, weights.get(a)!, weights.get(b)!, scale, transposed));
  }
  return { ...model, weights: merged };
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
      {
        cause,
      },
    );
  }
}

function parseConfig(text: string, path: string): AdapterConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnsupportedConfig("", `${path} is not JSON: ${(cause as Error).message}.`);
  }
  const parsed = AdapterConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0]!;
  throw new UnsupportedConfig(at.join("."), `${path}: ${at.join(".")} cannot be honoured: ${message}.`);
}

/** A layer by the model's own name: adapters of a model with a head name the base model inside it. */
function moduleOf(inner: string, { weights }: Model): string {
  const parts = inner.split(".");
  const starts = [inner, parts.slice(1).join(".")];
  return starts.find((name) => weights.has(`${name}.weight`)) ?? inner;
}

function partOf(
  module: string,
  { a, b }: { readonly a: string; readonly b: string },
  config: AdapterConfig,
  tensors: Weights,
  model: Model,
  folder: string,
): LowRank {
  const weight = model.weights.get(`${module}.weight`);
  if (!weight) throw new WeightMismatch(a, `${folder}: ${a} changes ${module}, which the model does not have.`);
  const rank = matching(config.rank_pattern, module) ?? config.r;
  const transposed = config.fan_in_fan_out ?? false;
  const [rows, columns] = transposed ? [...weight.shape].reverse() : weight.shape;
  const expected = { [a]: [rank, columns], [b]: [rows, rank] };
  for (const [name, shape] of Object.entries(expected)) {
    const actual = tensors.get(name)!.shape;
    if (actual.join() !== shape.join())
      throw new WeightMismatch(name, `${folder}: tensor ${name} has shape [${actual}], the model makes it [${shape}].`);
  }
  const alpha = matching(config.alpha_pattern, module) ?? config.lora_alpha;
  return { module, a, b, transposed, scale: alpha / (config.use_rslora ? Math.sqrt(rank) : rank) };
}

/** The value of the first pattern that matches the end of a layer's name, as peft looks it up. */
function matching(patterns: Readonly<Record<string, number>> | null | undefined, module: string): number | undefined {
  return Object.entries(patterns ?? {}).find(([pattern]) => new RegExp(`^(.*\\.)?(${pattern})$`).test(module))?.[1];
}

/** The name that peft gives a matrix of the adapter "default" while it is loaded. */
export function loadedName(name: string): string {
  return name.replace(/\.(lora_[AB])\.weight$/, ".$1.default.weight");
}
