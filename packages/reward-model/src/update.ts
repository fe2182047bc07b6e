import { createExecutor, type Feeds, float32, gradient, input } from "@borda/tensor";
import { longest, orderedBatches } from "./batches";
import { type Batch as CollatedBatch, collate, padRows } from "./collate";
import { dropoutFeeds } from "./dropout";
import type { EncodedGroup } from "./encode";
import { type LossTerms, preferenceLoss } from "./loss";
import {
  batchFeeds,
  comparisonFeeds,
  comparisonInputs,
  PROMPTS,
  passFeeds,
  REWARD_SLOPES,
  type RewardStep,
  ROWS,
  TRAINED_REWARDS,
} from "./reward-step";

/** What one update needs to know beside its prompts. */
export interface UpdateSettings {
  readonly padId: number;
  /** The most padded tokens of one pass. */
  readonly tokenBudget: number;
  readonly seed: number;
  /** Counted from 0. */
  readonly step: number;
  readonly learningRate: number;
}

export interface UpdateResult {
  readonly loss: number;
  readonly gradientNorm: number;
  /** Without padding, each once. */
  readonly tokens: number;
}

/** Loss and its derivative by each reward; see preferenceLoss. */
export interface RewardSlopes {
  of(rewards: Float32Array, comparisons: Feeds): Promise<{ readonly loss: number; readonly slopes: Float32Array }>;
  close(): Promise<void>;
}

type Prompts = readonly EncodedGroup[];

/** Whether the batch is one prompt whose rows do not fit into one pass. */
export function exceedsPass(batch: Prompts, tokenBudget: number): boolean {
  const [group] = batch;
  return batch.length === 1 && group!.rows.length > 1 && group!.rows.length * longest(group!) > tokenBudget;
}

/**
 * One update over several batches of prompts, by the gradient of the mean loss of all of their prompts. A batch is one
 * pass. A prompt that is too large for one is read in parts, to the same gradient: first for its rewards, from which
 * follows what the loss is and how much each reward moves it; then part by part, backward from that (Gao et al. 2021,
 * "Scaling deep contrastive learning batch size under memory limited setup").
 */
export async function update(
  step: RewardStep,
  slopesOf: RewardSlopes,
  batches: readonly Prompts[],
  settings: UpdateSettings,
): Promise<UpdateResult> {
  const { padId, tokenBudget, learningRate } = settings;
  const prompts = batches.reduce((sum, batch) => sum + batch.length, 0);
  const [only] = batches;
  if (batches.length === 1 && !exceedsPass(only!, tokenBudget)) {
    const batch = collate(only!, padId);
    const feeds = feedsOf(step, batch, numbersFrom(0, batch.n), settings);
    const { loss, gradientNorm } = await step.run(PROMPTS, feeds, learningRate);
    return { loss, gradientNorm, tokens: batch.tokens };
  }
  let [loss, tokens, firstRow] = [0, 0, 0];
  for (const groups of batches) {
    const batch = collate(groups, padId, prompts);
    const numbers = numbersFrom(firstRow, batch.n);
    if (exceedsPass(groups, tokenBudget))
      loss += await inParts(step, slopesOf, groups[0]!, comparisonFeeds(batch), { ...settings, numbers });
    else loss += (await step.accumulate(PROMPTS, feedsOf(step, batch, numbers, settings))).loss;
    tokens += batch.tokens;
    firstRow += batch.n;
  }
  const { gradientNorm } = await step.apply(learningRate);
  return { loss, gradientNorm, tokens };
}

/** Adds the gradients of one prompt, read in parts; gives its share of the loss. */
async function inParts(
  step: RewardStep,
  slopesOf: RewardSlopes,
  { rows }: EncodedGroup,
  comparisons: Feeds,
  { numbers, ...settings }: UpdateSettings & { readonly numbers: readonly number[] },
): Promise<number> {
  const parts = orderedBatches(
    rows.map((row, index) => ({ index, rows: [row] })),
    settings.tokenBudget,
  ).map((part) => {
    const tokens = padRows(
      part.flatMap((each) => each.rows),
      settings.padId,
    );
    const indices = part.map(({ index }) => index);
    const drawn = indices.map((index) => numbers[index]!);
    return { indices, feeds: passFeeds(tokens, step.bins, dropoutFeeds(tokens.t, drawn, settings)) };
  });
  const rewards = new Float32Array(rows.length);
  for (const { indices, feeds } of parts) {
    const { rewards: found } = await step.evaluate(TRAINED_REWARDS, feeds);
    indices.forEach((index, at) => {
      rewards[index] = Number(found!.data[at]);
    });
  }
  const { loss, slopes } = await slopesOf.of(rewards, comparisons);
  for (const { indices, feeds } of parts) {
    const own = Float32Array.from(indices, (index) => slopes[index]!);
    await step.accumulate(ROWS, { ...feeds, [REWARD_SLOPES]: float32(own) });
  }
  return loss;
}

function feedsOf(
  { bins }: RewardStep,
  batch: CollatedBatch,
  numbers: readonly number[],
  settings: UpdateSettings,
): Feeds {
  return batchFeeds(batch, bins, dropoutFeeds(batch.t, numbers, settings));
}

/** Rows go by their numbers within the update, so that what drops out does not depend on how it is divided. */
function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, row) => first + row);
}

/** Opens preferenceLoss as a function of the rewards themselves. Holds native memory until closed. */
export async function openRewardSlopes(terms: LossTerms, threads: number): Promise<RewardSlopes> {
  const rewards = input("rewards", ["n"]);
  const loss = preferenceLoss(rewards, comparisonInputs(), terms);
  const [slopes] = gradient(loss, [rewards]);
  const executor = await createExecutor({ outputs: { loss, slopes: slopes! } }, { threads });
  return {
    of: async (values, comparisons) => {
      const found = await executor.run({ ...comparisons, rewards: float32(values) });
      return { loss: Number(found.loss!.data[0]), slopes: found.slopes!.data as Float32Array };
    },
    close: () => executor.close(),
  };
}
