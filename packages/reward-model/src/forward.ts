import { createOnnxExecutor, type Executor, type Feeds, type Tensor } from "@borda/tensor";
import { orderedBatches } from "./batches";
import { padRows } from "./collate";
import type { EncodedGroup } from "./encode";
import { tokenFeeds } from "./model";

/** Rows that are wanted together. */
export type RowGroup = Pick<EncodedGroup, "rows">;

/** Runs the model forward over whole prompts, with whatever weights it is given at the time. */
export interface Forward {
  /**
   * The output's rows for each group, in the order of the groups; row-major where a row is wider than one. Lets the
   * event loop run between batches, and ends with the signal's reason once that is aborted.
   */
  run(groups: readonly RowGroup[], weights: Feeds, signal?: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export async function createForward(
  graph: { readonly inputs: readonly Tensor[]; readonly output: Tensor },
  { padId, tokenBudget, threads }: { readonly padId: number; readonly tokenBudget: number; readonly threads: number },
): Promise<Forward> {
  const executor: Executor = await createOnnxExecutor(
    { outputs: { output: graph.output }, inputs: graph.inputs },
    { threads },
  );
  return {
    run: async (groups, weights, signal) => {
      const found = new Map<RowGroup, Float32Array>();
      for (const batch of orderedBatches(groups, tokenBudget)) {
        await breath(signal);
        const rows = padRows(
          batch.flatMap((group) => group.rows),
          padId,
        );
        const { output } = await executor.run({ ...tokenFeeds(rows), ...weights });
        const data = output!.data as Float32Array;
        const width = data.length / rows.n;
        let at = 0;
        for (const group of batch) {
          const end = at + group.rows.length * width;
          found.set(group, data.slice(at, end));
          at = end;
        }
      }
      return groups.map((group) => found.get(group)!);
    },
    close: () => executor.close(),
  };
}

/** Lets waiting messages and timers in, because a run of the native library does not. Throws once aborted. */
export async function breath(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
