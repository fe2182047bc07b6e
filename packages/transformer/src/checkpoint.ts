import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Backbone, Weights, WeightTensor } from "./backbone";
import { BackboneNotFound, UnsupportedConfig, WeightMismatch } from "./errors";
import { readTokenizer } from "./hugging-face-tokenizer";
import { architectureOf } from "./registry";
import { openSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Tensors by these names belong to the head that a reward model puts on top, whatever the architecture. */
export const headPrefix = "score.";

/**
 * The backbone of a checkpoint's folder: config.json, model.safetensors, tokenizer.json. Throws BackboneNotFound for a
 * missing file, UnsupportedConfig naming the field, WeightMismatch naming a tensor that is missing, unknown or
 * misshapen, InvalidSafetensors and InvalidTokenizer.
 */
export async function readCheckpoint(folder: string): Promise<Backbone> {
  const path = join(folder, "config.json");
  const architecture = architectureOf(parseConfig(await readConfig(folder, path), path), path);
  const { weights, head } = await readWeights(join(folder, "model.safetensors"), architecture.weightShapes);
  return architecture.backbone({ weights, head, tokenizer: await readTokenizer(folder) });
}

/** What of a backbone a checkpoint stores otherwise than the backbone has it. */
export interface CheckpointChanges {
  /** Trained weights, by the same names and in the same shapes. */
  readonly weights?: Weights;
  /** The head's tensors; their names begin with headPrefix. */
  readonly head?: Weights;
  /** Fields of config.json to add, such as num_labels. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Writes config.json, model.safetensors, tokenizer.json and tokenizer_config.json into an existing folder, so that
 * readCheckpoint gives the backbone back. Refuses what it could not read again, by the same errors, before it writes.
 */
export async function saveBackbone(folder: string, backbone: Backbone, changes: CheckpointChanges = {}): Promise<void> {
  const { weights = backbone.weights, head = backbone.head } = changes;
  const config = { ...backbone.config, ...changes.config };
  const tensors = new Map([...weights, ...head]);
  checkShapes(architectureOf(config, "the config to save").weightShapes, shapesOf(tensors), "the weights to save");
  await writeFile(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  await writeSafetensors(join(folder, "model.safetensors"), tensors);
  await backbone.tokenizer.save(folder);
}

async function readConfig(folder: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new BackboneNotFound(
      `${folder} is no backbone: its config.json cannot be read. Name a checkpoint's folder, or "starter".`,
      { cause },
    );
  }
}

function parseConfig(text: string, path: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw new UnsupportedConfig("", `${path} is not JSON.`);
  }
  if (typeof config !== "object" || config === null) throw new UnsupportedConfig("", `${path} is not a JSON object.`);
  return config as Record<string, unknown>;
}

async function readWeights(path: string, shapes: Shapes): Promise<{ weights: Weights; head: Weights }> {
  const file = await openWeights(path);
  try {
    checkShapes(shapes, shapesOf(file.entries), path);
    const weights = new Map<string, WeightTensor>();
    const head = new Map<string, WeightTensor>();
    for (const name of shapes.keys()) weights.set(name, await file.read(name));
    for (const name of file.entries.keys()) if (!shapes.has(name)) head.set(name, await file.read(name));
    return { weights, head };
  } finally {
    await file.close();
  }
}

async function openWeights(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new BackboneNotFound(`${path} is missing: a checkpoint keeps its weights there.`, { cause: error });
  }
}

/** Every expected tensor in its shape, and nothing else but a head's. */
function checkShapes(expected: Shapes, found: Shapes, where: string): void {
  for (const [name, shape] of expected) {
    const actual = found.get(name);
    if (!actual) throw new WeightMismatch(name, `${where}: tensor ${name} [${shape}] is missing.`);
    if (actual.join() !== shape.join())
      throw new WeightMismatch(
        name,
        `${where}: tensor ${name} has shape [${actual}], config.json makes it [${shape}].`,
      );
  }
  for (const name of found.keys()) {
    if (expected.has(name) || name.startsWith(headPrefix)) continue;
    throw new WeightMismatch(
      name,
      `${where}: tensor ${name} belongs to no part of the model that config.json describes.`,
    );
  }
}

function shapesOf(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): Shapes {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape] as const));
}
