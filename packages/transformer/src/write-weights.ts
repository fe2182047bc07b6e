import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Weights, WeightTensor } from "./backbone";
import { writeSafetensors } from "./safetensors";
import { shardIndexFile, weightsFile } from "./weight-files";

/** What the Hugging Face libraries cut at: "5GB". */
const SHARD_BYTES = 5e9;

/**
 * Writes model.safetensors into a folder, or, where all tensors together take more than `shardBytes`, shards named and
 * indexed as transformers does: model-00001-of-00002.safetensors, model.safetensors.index.json. Tensors fill the shards in
 * their order; one that is larger than a shard has one to itself.
 */
export async function writeWeights(folder: string, tensors: Weights, shardBytes = SHARD_BYTES): Promise<void> {
  const shards = shardsOf(tensors, shardBytes);
  if (shards.length <= 1) return writeSafetensors(join(folder, weightsFile), tensors);
  const number = (value: number) => String(value).padStart(5, "0");
  const weightMap: Record<string, string> = {};
  for (const [at, shard] of shards.entries()) {
    const file = `model-${number(at + 1)}-of-${number(shards.length)}.safetensors`;
    await writeSafetensors(join(folder, file), new Map(shard));
    for (const [name] of shard) weightMap[name] = file;
  }
  const all = [...tensors.values()];
  const metadata = {
    total_parameters: all.reduce((sum, { data }) => sum + data.length, 0),
    total_size: all.reduce((sum, { data }) => sum + data.byteLength, 0),
  };
  const sorted = Object.fromEntries(Object.entries(weightMap).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(join(folder, shardIndexFile), `${JSON.stringify({ metadata, weight_map: sorted }, null, 2)}\n`);
}

function shardsOf(tensors: Weights, shardBytes: number): [string, WeightTensor][][] {
  const shards: [string, WeightTensor][][] = [];
  let bytes = 0;
  for (const [name, tensor] of tensors) {
    if (shards.length === 0 || bytes + tensor.data.byteLength > shardBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)!.push([name, tensor]);
    bytes += tensor.data.byteLength;
  }
  return shards;
}
