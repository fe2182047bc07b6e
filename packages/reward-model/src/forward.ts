import { createExecutor, type Executor, type Feeds, type Runtime, type Tensor, type Value } from "@borda/tensor";
import type { Weights } from "@borda/transformer";
import { orderedBatches } from "./batches";
import { padRows } from "./collate";
import type { EncodedGroup } from "./encode";
import { tokenFeeds } from "./model";

/** Rows that are wanted together. */
export type RowGroup = Pick<EncodedGroup, "rows">;

/** Runs a model forward over the rows of prompts, those of like lengths together. */
export interface Forward {
  /**
   * The output's rows for each group, in the order of the groups; row-major where a row is wider than one. Lets the
   * event loop run between batches, and ends with the signal's reason once that is aborted.
   */
  run(groups: readonly RowGroup[], signal?: AbortSignal): Promise<Float32Array[]>;
}

export interface Padding {
  readonly padId: number;
  /** Padded tokens a batch. */
  readonly tokenBudget: number;
}

/** Padded tokens of a pass on a processor: what a layer makes of more leaves the caches before the next reads it. */
export const PASS_TOKENS = 2048;

/** Padded tokens of a pass forward, of those that a recipe's batches have. */
export function passTokens(tokenBudget: number, { device = "cpu" }: Runtime): number {
  return device === "cpu" ? Math.min(tokenBudget, PASS_TOKENS) : tokenBudget;
}

/** Forward by whatever gives the output [n, ...] of a batch, of `atATime` batches at a time; the longest rows go first. */
export function forwardBy(
  outputOf: (tokens: Feeds) => Promise<Value | undefined>,
  { padId, tokenBudget }: Padding,
  atATime = 1,
): Forward {
  return {
    run: async (groups, signal) => {
      const places = groups.flatMap(({ rows }, group) => rows.map((row, at) => ({ group, at, rows: [row] })));
      const found: Float32Array[] = groups.map(() => new Float32Array());
      const batches = orderedBatches(places, tokenBudget);
      const lane = async () => {
        for (let batch = batches.pop(); batch; batch = batches.pop()) {
          await breath(signal);
          const rows = padRows(
            batch.flatMap((place) => place.rows),
            padId,
          );
          const data = (await outputOf(tokenFeeds(rows)))!.data as Float32Array;
          const width = data.length / rows.n;
          batch.forEach(({ group, at }, row) => {
            if (found[group]!.length === 0) found[group] = new Float32Array(groups[group]!.rows.length * width);
            found[group]!.set(data.subarray(row * width, (row + 1) * width), at * width);
          });
        }
      };
      await Promise.all(Array.from({ length: atATime }, lane));
      return found;
    },
  };
}

/** Forward by weights that stay as they are. Holds native memory until closed. */
export async function openForward(
  graph: { readonly inputs: readonly Tensor[]; readonly output: Tensor },
  weights: Weights,
  { padId, tokenBudget }: Padding,
  runtime: Runtime,
): Promise<Forward & Pick<Executor, "close">> {
  const lowering = { outputs: { output: graph.output }, inputs: graph.inputs };
  // TensorFlow would copy fed weights into every batch; onnxruntime reads them where they are.
  const resident = runtime.executor === "tensorflow";
  const executor = await createExecutor({ ...lowering, ...(resident && { weights: dataOf(weights) }) }, runtime);
  const fed = resident ? {} : weightFeeds(weights);
  const padding = { padId, tokenBudget: passTokens(tokenBudget, runtime) };
  const forward = forwardBy(async (tokens) => (await executor.run({ ...tokens, ...fed })).output, padding);
  return { ...forward, close: () => executor.close() };
}

export function weightFeeds(weights: Weights): Feeds {
  return Object.fromEntries([...weights].map(([name, { data, shape }]) => [name, { data, dims: shape }]));
}

export function dataOf(weights: Weights): Map<string, Float32Array> {
  return new Map([...weights].map(([name, { data }]) => [name, data]));
}

/** Lets waiting messages and timers in, because a run of the native library does not. Throws once aborted. */
export async function breath(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
