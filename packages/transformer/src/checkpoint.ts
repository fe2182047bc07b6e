import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfiguredArchitecture } from "./architecture";
import type { Backbone, Model, Weights, WeightTensor } from "./backbone";
import { configText, readConfigFile } from "./config-file";
import { readTokenizer } from "./hugging-face-tokenizer";
import { architectureOf } from "./registry";
import { sortTensors } from "./tensor-names";
import { openWeights } from "./weight-files";
import type { Shapes } from "./weight-shapes";
import { writeWeights } from "./write-weights";

/**
 * The backbone of a checkpoint's folder: config.json, model.safetensors (or its shards), tokenizer.json. Throws
 * BackboneNotFound for a missing file, UnsupportedConfig naming the field, WeightMismatch naming a tensor that is missing,
 * unknown or misshapen, InvalidSafetensors and InvalidTokenizer.
 */
export async function readCheckpoint(folder: string): Promise<Backbone> {
  const { architecture, model } = await read(folder);
  const { pad_token_id: pad } = model.config;
  const tokenizer = await readTokenizer(folder, architecture.joining, typeof pad === "number" ? pad : undefined);
  return { ...model, tokenizer };
}

/** readCheckpoint without the tokenizer, which need not be there. */
export async function readModel(folder: string): Promise<Model> {
  return (await read(folder)).model;
}

async function read(folder: string): Promise<{ architecture: ConfiguredArchitecture; model: Model }> {
  const { config, path, floatFields } = await readConfigFile(folder);
  const architecture = architectureOf(config, path);
  return { architecture, model: { ...architecture.model(await readWeights(folder, architecture)), floatFields } };
}

/** The architecture that a folder's config.json asks for. Throws BackboneNotFound and UnsupportedConfig. */
export async function readArchitecture(folder: string): Promise<ConfiguredArchitecture> {
  const { config, path } = await readConfigFile(folder);
  return architectureOf(config, path);
}

/** What of a backbone a checkpoint stores otherwise than the backbone has it. */
export interface CheckpointChanges {
  /** Trained weights, by the same names and in the same shapes. */
  readonly weights?: Weights;
  /** The head's tensors: Borda's, whose names begin with headPrefix, or those of the backbone's classification. */
  readonly head?: Weights;
  /** Fields of config.json to add, such as num_labels. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Bytes of weights above which they are written in shards; see writeWeights. */
  readonly shardBytes?: number;
}

/**
 * Writes config.json, model.safetensors (or its shards), tokenizer.json and tokenizer_config.json into an existing
 * folder, so that readCheckpoint gives the backbone back, under the names that transformers' ...ForSequenceClassification
 * writes. Refuses what it could not read again, by the same errors, before it writes.
 */
export async function saveBackbone(folder: string, backbone: Backbone, changes: CheckpointChanges = {}): Promise<void> {
  const { weights = backbone.weights, head = backbone.head } = changes;
  const config = { ...backbone.config, ...floatTypes(backbone.config), ...changes.config };
  const architecture = architectureOf(config, "the config to save");
  const nameInFile = namesInFile(architecture);
  const tensors = new Map([...weights, ...head].map(([name, tensor]) => [nameInFile(name), tensor] as const));
  sortTensors(architecture, shapesOf(tensors), "the weights to save");
  await writeFile(join(folder, "config.json"), configText(config, backbone.floatFields ?? new Set()));
  await writeWeights(folder, tensors, changes.shardBytes);
  await backbone.tokenizer.save(folder);
}

/** The names that transformers' ...ForSequenceClassification has for a model's tensors: the base model's bear its prefix. */
export function classifierNames({ config }: Pick<Model, "config">): (name: string) => string {
  return namesInFile(architectureOf(config, "the model's config"));
}

function namesInFile({ prefix, weightShapes, optionalShapes }: ConfiguredArchitecture): (name: string) => string {
  return (name) => (weightShapes.has(name) || optionalShapes.has(name) ? prefix + name : name);
}

/** The model with other fields of its config. Throws UnsupportedConfig. */
export function withConfig<M extends Model>(model: M, fields: Readonly<Record<string, unknown>>): M {
  const { weights, head } = model;
  const config = { ...model.config, ...fields };
  return { ...model, ...architectureOf(config, "the changed config").model({ weights, head }) };
}

/** Weights are float32 once they are read, whatever they were. */
function floatTypes(config: Model["config"]): Record<string, string> {
  return Object.fromEntries(["dtype", "torch_dtype"].filter((field) => field in config).map((f) => [f, "float32"]));
}

async function readWeights(
  folder: string,
  architecture: ConfiguredArchitecture,
): Promise<{ weights: Weights; head: Weights }> {
  const files = await openWeights(folder);
  try {
    const sorted = sortTensors(architecture, shapesOf(files.entries), files.where);
    const read = async (names: ReadonlyMap<string, string>) => {
      const tensors = new Map<string, WeightTensor>();
      for (const [name, fileName] of names) tensors.set(name, await files.read(fileName));
      return tensors;
    };
    const inOrder = [...architecture.weightShapes.keys(), ...architecture.optionalShapes.keys()].filter((name) =>
      sorted.weights.has(name),
    );
    const weights = await read(new Map(inOrder.map((name) => [name, sorted.weights.get(name)!])));
    return { weights, head: await read(sorted.head) };
  } finally {
    await files.close();
  }
}

export function shapesOf(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): Shapes {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape] as const));
}
