import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runtime } from "@borda/tensor";
import { z } from "zod";
import { orderedBatches, tokensIn } from "./batches";
import { writeWhole } from "./durable-folder";
import type { EncodedGroup } from "./encode";
import { modelKey, openFeatureCache, rowKey } from "./feature-cache";
import { openFrozenForward } from "./frozen-forward";
import type { TrainingRun } from "./training-run";

/** Batches between two savings of features. */
const CHUNK_BATCHES = 16;
const PLAN_FILE = "features.json";
/** Raised where an architecture's graph is mended: what it gave before is not found any more. */
const FEATURES_VERSION = "1";

export interface KnownFeatures {
  /** Of each group its rows' vectors, row-major [rows, h]. */
  readonly features: readonly Float32Array[];
  /** Rows, and those among them that had to be computed. */
  readonly rows: number;
  readonly computed: number;
  /** Real tokens of the computed rows. */
  readonly tokens: number;
}

type Row = EncodedGroup["rows"][number];

/**
 * The pooled features of every row of the groups: out of the cache as far as it knows them, the others by one forward
 * pass, and into the cache with them. A row's last bits depend on its batch (float32), so a run that is killed and called
 * again with its resumeDir forms the same batches over what was missing when it first began.
 */
export async function knownFeatures(run: TrainingRun, groups: readonly EncodedGroup[]): Promise<KnownFeatures> {
  const { backboneHash, part, pooling, recipe, runtime, options, emit } = run;
  const say = (message: string, level: "info" | "warn" = "info") => emit({ type: "log", level, message });
  const rows = new Map<string, Row>();
  const keys = groups.map((group) => group.rows.map((row) => keyed(rows, row)));
  const model = modelKey([FEATURES_VERSION, backboneHash, pooling, numbersOf(runtime)]);
  const cache = options.featureCache
    ? await openFeatureCache(options.featureCache, model, (path) =>
        say(`${path} was damaged; its features are computed again.`, "warn"),
      )
    : null;
  const known = (await cache?.find([...rows.keys()])) ?? new Map<string, Float32Array>();
  const missing = await missingRows(run, rows, known);
  const computed = missing.filter((key) => !known.has(key));
  if (computed.length > 0) say(`Features of ${rows.size} completions: ${rows.size - computed.length} are known.`);
  const rowsOf = (some: readonly string[]) => some.map((key) => rows.get(key)!);
  const chunks = chunked(missing, rows, recipe.tokenBudget).filter((chunk) => chunk.some(({ key }) => !known.has(key)));
  // Opening takes longer than a training whose features are all known.
  const forward = chunks.length > 0 ? await openFrozenForward(run, part.frozen, tokensIn(rowsOf(missing))) : null;
  try {
    let done = rows.size - computed.length;
    for (const chunk of chunks) {
      const vectors = await forward!.run(chunk, options.signal);
      const added = new Map(chunk.map(({ key }, index) => [key, vectors[index]!] as const));
      for (const [key, vector] of added) known.set(key, vector);
      await cache?.add(added);
      done += chunk.length;
      say(`Features of ${Math.min(done, rows.size)} of ${rows.size} completions are known.`);
    }
  } finally {
    await forward?.close();
  }
  return {
    features: keys.map((own) => joined(own.map((key) => known.get(key)!))),
    rows: rows.size,
    computed: computed.length,
    tokens: tokensIn(rowsOf(computed)),
  };
}

/** Float32 is the same anywhere but for its last bits; bfloat16 is each device's own. */
function numbersOf({ precision = "float32", device = "cpu" }: Runtime): string {
  return precision === "float32" ? precision : `${precision} on ${device}`;
}

function keyed(rows: Map<string, Row>, row: Row): string {
  const key = rowKey(row);
  rows.set(key, row);
  return key;
}

const FeaturePlan = z.object({ fingerprint: z.string(), missing: z.array(z.string()) });

/** Keys of the rows that were not known when this training was first called, and of those that are lost since. */
async function missingRows(
  { options: { resumeDir }, fingerprint }: TrainingRun,
  rows: ReadonlyMap<string, Row>,
  known: ReadonlyMap<string, Float32Array>,
): Promise<string[]> {
  const now = [...rows.keys()].filter((key) => !known.has(key));
  if (resumeDir === undefined) return now;
  const path = join(resumeDir, PLAN_FILE);
  const saved = await readPlan(path);
  if (saved?.fingerprint === fingerprint) return [...new Set([...saved.missing, ...now])];
  await mkdir(resumeDir, { recursive: true });
  await writeWhole(path, JSON.stringify({ fingerprint, missing: now } satisfies z.infer<typeof FeaturePlan>));
  return now;
}

/** null where there is none, or one of another version. */
async function readPlan(path: string): Promise<z.infer<typeof FeaturePlan> | null> {
  try {
    return FeaturePlan.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Rows of like lengths together, so many at a time as are worth a file. */
function chunked(keys: readonly string[], rows: ReadonlyMap<string, Row>, tokenBudget: number) {
  const batches = orderedBatches(
    keys.map((key) => ({ key, rows: [rows.get(key)!] })),
    tokenBudget,
  );
  return Array.from({ length: Math.ceil(batches.length / CHUNK_BATCHES) }, (_, at) =>
    batches.slice(at * CHUNK_BATCHES, (at + 1) * CHUNK_BATCHES).flat(),
  );
}

function joined(vectors: readonly Float32Array[]): Float32Array {
  const width = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => void all.set(vector, row * width));
  return all;
}
