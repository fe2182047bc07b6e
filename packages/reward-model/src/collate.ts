import type { EncodedCompletion } from "@borda/transformer";
import { longest } from "./batches";
import type { EncodedGroup } from "./encode";

/** Rows of tokens, padded on the right to the longest: n rows of t tokens, row-major. */
export interface TokenRows {
  readonly n: number;
  readonly t: number;
  /** int64 [n, t] */
  readonly inputIds: BigInt64Array;
  /** int64 [n, t]: 1 on a token, 0 on padding */
  readonly attentionMask: BigInt64Array;
  /** int64 [n, t]: 1 on a completion's tokens */
  readonly segmentIds: BigInt64Array;
  /** Tokens without padding. */
  readonly tokens: number;
}

/** Some prompts with all their comparisons, ready for one training step. */
export interface Batch extends TokenRows {
  /** Rows of each prompt; they sum to n. */
  readonly groupLengths: readonly number[];
  /** int64 [p]: rows of a comparison's sides */
  readonly first: BigInt64Array;
  readonly second: BigInt64Array;
  /** float32 [p]: share of labelers who prefer the first */
  readonly target: Float32Array;
  /** float32 [p]: the comparison's share in the loss. They sum to 1 within an update, and equally for each prompt. */
  readonly weight: Float32Array;
}

export function padRows(rows: readonly Pick<EncodedCompletion, "ids" | "segmentIds">[], padId: number): TokenRows {
  const n = rows.length;
  const t = longest({ rows });
  const inputIds = new BigInt64Array(n * t).fill(BigInt(padId));
  const attentionMask = new BigInt64Array(n * t);
  const segmentIds = new BigInt64Array(n * t);
  let tokens = 0;
  rows.forEach(({ ids, segmentIds: segments }, row) => {
    for (let at = 0; at < ids.length; at++) {
      inputIds[row * t + at] = BigInt(ids[at]!);
      attentionMask[row * t + at] = 1n;
      segmentIds[row * t + at] = BigInt(segments[at]!);
    }
    tokens += ids.length;
  });
  return { n, t, inputIds, attentionMask, segmentIds, tokens };
}

/**
 * The batch of some prompts. Each completion is one row, whatever the number of its comparisons. Weights make the loss a
 * mean over prompts of the mean over their comparisons (weighted by how many labelers judged each), so that a long
 * ranking does not outweigh a short one. A prompt without comparisons adds nothing. `prompts` is how many the loss is the
 * mean over, where that is more than this batch has.
 */
export function collate(groups: readonly EncodedGroup[], padId: number, prompts?: number): Batch {
  const judged = groups.filter(({ comparisons }) => comparisons.length > 0);
  const share = prompts ?? judged.length;
  const pairs = judged.reduce((sum, { comparisons }) => sum + comparisons.length, 0);
  const first = new BigInt64Array(pairs);
  const second = new BigInt64Array(pairs);
  const target = new Float32Array(pairs);
  const weight = new Float32Array(pairs);
  let offset = 0;
  let pair = 0;
  for (const { rows, comparisons } of judged) {
    const total = comparisons.reduce((sum, comparison) => sum + comparison.weight, 0) * share;
    for (const comparison of comparisons) {
      first[pair] = BigInt(offset + comparison.first);
      second[pair] = BigInt(offset + comparison.second);
      target[pair] = comparison.target;
      weight[pair] = comparison.weight / total;
      pair += 1;
    }
    offset += rows.length;
  }
  const padded = padRows(
    judged.flatMap(({ rows }) => rows),
    padId,
  );
  return { ...padded, groupLengths: judged.map(({ rows }) => rows.length), first, second, target, weight };
}
