import { existsSync } from "node:fs";
import { join } from "node:path";
import { readArchitecture, shapesOf } from "./checkpoint";
import { readConfigFile } from "./config-file";
import { elementsOf, type SafetensorsEntry } from "./safetensors";
import { sortTensors } from "./tensor-names";
import { openWeights } from "./weight-files";

/** What a checkpoint's folder holds, read off its headers. */
export interface ModelDescription {
  readonly folder: string;
  readonly modelType: string;
  readonly hiddenSize: number;
  /** The most tokens of a row. */
  readonly maxLength: number;
  /** Numbers in the base model's tensors. */
  readonly parameters: number;
  /** Bytes of the tensors that are read, as they are stored. */
  readonly bytes: number;
  /** Element types of the stored tensors. */
  readonly dtypes: readonly string[];
  /** Bytes that training holds in memory for weights, gradients and two moments in float32, beside activations. */
  readonly trainingBytes: number;
  /** Fields of config.json that the computation follows, with their values. */
  readonly honoured: Readonly<Record<string, unknown>>;
  /** Fields that change nothing that a reward model computes, each with the reason. */
  readonly withoutEffect: Readonly<Record<string, string>>;
  /** Tensors of a head that is read. */
  readonly head: readonly string[];
  /** Tensors that nothing asks for. */
  readonly leftOut: readonly string[];
  readonly tokenizer: boolean;
}

/**
 * Reads config.json and the headers of a folder's weights, and checks them as loading does; throws what readCheckpoint
 * throws, UnsupportedConfig with every refused field.
 */
export async function describeModel(folder: string): Promise<ModelDescription> {
  const architecture = await readArchitecture(folder);
  const { config } = await readConfigFile(folder);
  const files = await openWeights(folder);
  try {
    const { weights, head, leftOut } = sortTensors(architecture, shapesOf(files.entries), files.where);
    const read = [...weights.values(), ...head.values()].map((name) => files.entries.get(name)!);
    const { modelType, hiddenSize, maxLength } = architecture.model({ weights: new Map(), head: new Map() });
    const parameters = [...weights.values()].reduce((sum, name) => sum + sizeOf(files.entries.get(name)!), 0);
    return {
      folder,
      modelType,
      hiddenSize,
      maxLength,
      parameters,
      bytes: read.reduce((sum, { begin, end }) => sum + end - begin, 0),
      dtypes: [...new Set(read.map(({ dtype }) => dtype))].sort(),
      trainingBytes: 4 * 4 * parameters,
      honoured: Object.fromEntries(Object.entries(config).filter(([field]) => !architecture.withoutEffect.has(field))),
      withoutEffect: Object.fromEntries(architecture.withoutEffect),
      head: [...head.keys()],
      leftOut,
      tokenizer: existsSync(join(folder, "tokenizer.json")),
    };
  } finally {
    await files.close();
  }
}

function sizeOf({ shape }: SafetensorsEntry): number {
  return elementsOf(shape);
}
