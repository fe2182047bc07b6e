import { createHash, type Hash } from "node:crypto";
import type { PreferenceGroup } from "@borda/preferences";
import type { Backbone, Weights } from "@borda/transformer";

/** Values hashed at once: an update of more than 2 GiB is refused. */
const PORTION = 2 ** 24;

/**
 * SHA-256, in hex, of what some groups say: prompts, texts of completions, rankings. Independent of the order of the
 * groups; model names and labelers' names do not enter, since training does not see them.
 */
export function hashGroups(groups: readonly PreferenceGroup[]): string {
  const lines = groups.map(({ key, completions, rankings }) =>
    JSON.stringify([key, completions.map(({ text }) => text), rankings.map(({ tiers }) => tiers)]),
  );
  return hashText(lines.sort().join("\n"));
}

/**
 * SHA-256, in hex, of what a backbone makes of a text: its config, its tokenizer's files, and name, shape and every value
 * (as float32) of its weights and its head's. The same for the same content under another path, and for its tensors in one
 * file or in shards. Nothing is sampled: 2 GB of values take a few seconds, and are in memory anyway.
 */
export function hashBackbone({ config, tokenizer, weights, head }: Backbone): string {
  const hash = createHash("sha256").update(JSON.stringify([config, tokenizer.files()]));
  for (const tensors of [weights, head]) updateWith(hash, tensors);
  return hash.digest("hex");
}

function updateWith(hash: Hash, tensors: Weights): void {
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, shape]));
    for (let at = 0; at < data.length; at += PORTION) hash.update(data.subarray(at, at + PORTION));
  }
}

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
