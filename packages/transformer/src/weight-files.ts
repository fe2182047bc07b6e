import { join } from "node:path";
import { z } from "zod";
import type { WeightTensor } from "./backbone";
import { BackboneNotFound, InvalidSafetensors } from "./errors";
import { readIfPresent } from "./optional-file";
import { openSafetensors, type SafetensorsEntry, type SafetensorsFile } from "./safetensors";

export const weightsFile = "model.safetensors";
export const shardIndexFile = "model.safetensors.index.json";

const ShardIndex = z.object({
  weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+$/, "must be a file beside it")),
});

/** A checkpoint's tensors, in one file or many: their headers are read, their values are not. Close it. */
export interface WeightFiles {
  /** What to call it in errors. */
  readonly where: string;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  read(name: string): Promise<WeightTensor>;
  close(): Promise<void>;
}

/**
 * Opens model.safetensors of a folder, or the shards that model.safetensors.index.json names. Throws BackboneNotFound
 * where a file is missing, and InvalidSafetensors where index and shards disagree.
 */
export async function openWeights(folder: string): Promise<WeightFiles> {
  const single = join(folder, weightsFile);
  const whole = await openIfPresent(single);
  if (whole) return { where: single, ...whole };
  const index = join(folder, shardIndexFile);
  const text = await readIfPresent(index);
  if (text === undefined)
    throw new BackboneNotFound(
      `${single} is missing: a checkpoint keeps its weights there, or in shards that ${shardIndexFile} names. ` +
        "Other formats (.bin) are converted by save_pretrained of transformers.",
    );
  return openShards(folder, index, text);
}

async function openShards(folder: string, index: string, text: string): Promise<WeightFiles> {
  const shardOf = new Map(Object.entries(parseIndex(index, text).weight_map));
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => void (await Promise.all([...shards.values()].map((shard) => shard.close())));
  try {
    for (const name of new Set(shardOf.values())) {
      const shard = await openIfPresent(join(folder, name));
      if (!shard) throw new BackboneNotFound(`${join(folder, name)} is missing, though ${shardIndexFile} names it.`);
      shards.set(name, shard);
    }
    const entries = new Map<string, SafetensorsEntry>();
    for (const [name, shard] of shardOf) {
      const entry = shards.get(shard)!.entries.get(name);
      if (!entry) throw new InvalidSafetensors(`${index} has tensor ${name} in ${shard}, which does not hold it.`);
      entries.set(name, entry);
    }
    for (const [shard, { entries: held }] of shards)
      for (const name of held.keys())
        if (shardOf.get(name) !== shard)
          throw new InvalidSafetensors(
            `${join(folder, shard)} holds tensor ${name}, which ${index} does not have there.`,
          );
    return { where: index, entries, read: (name) => shards.get(shardOf.get(name)!)!.read(name), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function parseIndex(path: string, text: string): z.infer<typeof ShardIndex> {
  try {
    return ShardIndex.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidSafetensors(`${path} is no index of shards: it must map tensors to files by weight_map.`, {
      cause,
    });
  }
}

async function openIfPresent(path: string): Promise<SafetensorsFile | undefined> {
  try {
    return await openSafetensors(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
