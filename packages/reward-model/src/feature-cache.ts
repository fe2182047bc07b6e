import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import {
  type EncodedCompletion,
  InvalidSafetensors,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from "@borda/transformer";
import { filesBelow } from "./durable-folder";
import { hashText } from "./provenance";

/** Where pooled features outlive the run that computed them. */
export interface FeatureCacheOptions {
  readonly folder: string;
  /** What all features of the folder together may take; the longest unused go first. 2 GiB where left out. */
  readonly maxBytes?: number;
}

/** Vectors that one model gave to rows of tokens. Safe to share between processes: files are added whole, or removed. */
export interface FeatureCache {
  readonly size: number;
  has(key: string): boolean;
  /** The vectors of the keys that are known; a file that is damaged counts as not there, and is removed. */
  find(keys: readonly string[]): Promise<Map<string, Float32Array>>;
  /** Keeps vectors of the model's width; they are on the disk when it returns. */
  add(vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

const MAX_BYTES = 2 * 2 ** 30;
/** After this time without a change nobody writes to a temporary file any more. */
const ABANDONED_MS = 3_600_000;
const FEATURES = "features";
const SUFFIX = ".safetensors";
const KEY_BYTES = 16;

/** Opens the features of `model`, a name that stands for everything they depend on; see modelKey. */
export async function openFeatureCache(
  { folder, maxBytes = MAX_BYTES }: FeatureCacheOptions,
  model: string,
  onDamage: (path: string) => void = () => {},
): Promise<FeatureCache> {
  const own = join(folder, model);
  await mkdir(own, { recursive: true });
  const fileOf = new Map<string, string>();
  for (const name of (await readdir(own)).filter((each) => each.endsWith(SUFFIX)).sort()) {
    const path = join(own, name);
    for (const key of (await keysIn(path, onDamage)) ?? []) fileOf.set(key, path);
  }
  return {
    get size() {
      return fileOf.size;
    },
    has: (key) => fileOf.has(key),
    find: async (keys) => {
      const found = new Map<string, Float32Array>();
      const wanted = new Set(keys.filter((key) => fileOf.has(key)));
      for (const path of new Set([...wanted].map((key) => fileOf.get(key)!))) {
        for (const [key, vector] of (await vectorsIn(path, onDamage)) ?? [])
          if (wanted.has(key) && fileOf.get(key) === path) found.set(key, vector);
      }
      return found;
    },
    add: async (vectors) => {
      if (vectors.size === 0) return;
      const path = join(own, `${randomUUID()}${SUFFIX}`);
      await writeSafetensors(path, new Map([[FEATURES, stacked([...vectors.values()])]]), {
        keys: [...vectors.keys()].join(""),
      });
      for (const key of vectors.keys()) fileOf.set(key, path);
      await shrink(folder, maxBytes);
    },
  };
}

/** Names a row by what the model reads of it: 16 bytes of SHA-256 over ids and segments, in hex. */
export function rowKey({ ids, segmentIds }: Pick<EncodedCompletion, "ids" | "segmentIds">): string {
  const content = Int32Array.from([ids.length, ...ids, ...segmentIds]);
  return createHash("sha256")
    .update(content)
    .digest("hex")
    .slice(0, 2 * KEY_BYTES);
}

/** Names a model by all that its features depend on beside the row: the backbone's content and the settings; in hex. */
export function modelKey(settings: readonly string[]): string {
  return hashText(JSON.stringify(settings)).slice(0, 2 * KEY_BYTES);
}

async function keysIn(path: string, onDamage: (path: string) => void): Promise<string[] | undefined> {
  return unlessGone(path, onDamage, async () => {
    const file = await openSafetensors(path);
    await file.close();
    return splitKeys(file.metadata.keys);
  });
}

async function vectorsIn(path: string, onDamage: (path: string) => void) {
  return unlessGone(path, onDamage, async () => {
    const { metadata, tensors } = await readSafetensors(path);
    const { data, shape } = tensors.get(FEATURES)!;
    const width = shape[1]!;
    await utimes(path, new Date(), new Date()); // what was used last is removed last
    return splitKeys(metadata.keys).map((key, row) => [key, data.subarray(row * width, (row + 1) * width)] as const);
  });
}

/** Another process may remove a file at any time, and a disk may damage one: neither is worth more than its vectors. */
async function unlessGone<T>(path: string, onDamage: (path: string) => void, read: () => Promise<T>) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InvalidSafetensors) {
      onDamage(path);
      await rm(path, { force: true });
    } else if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

/** Removes what killed writers left, and then the files that were used longest ago until all of them fit. */
async function shrink(folder: string, maxBytes: number): Promise<void> {
  const paths = (await filesBelow(folder)).map((path) => join(folder, path));
  const files = await Promise.all(paths.map(async (path) => ({ path, found: await stat(path).catch(() => null) })));
  const all = files.flatMap(({ path, found }) => (found ? [{ path, size: found.size, used: found.mtimeMs }] : []));
  for (const { path, used } of all)
    if (path.endsWith(".tmp") && used < Date.now() - ABANDONED_MS) await rm(path, { force: true });
  const there = all.filter(({ path }) => path.endsWith(SUFFIX));
  let total = there.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of there.sort((p, q) => p.used - q.used)) {
    if (total <= maxBytes) return;
    await rm(path, { force: true });
    total -= size;
  }
}

function splitKeys(text = ""): string[] {
  return text.match(new RegExp(`.{${2 * KEY_BYTES}}`, "g")) ?? [];
}

function stacked(vectors: readonly Float32Array[]) {
  const width = vectors[0]!.length;
  const data = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => void data.set(vector, row * width));
  return { shape: [vectors.length, width], data };
}
