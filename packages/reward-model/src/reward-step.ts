import type { Recipe } from "@borda/preferences";
import {
  adamW,
  build,
  chain,
  clipByGlobalNorm,
  createTrainStep,
  type Feeds,
  float32,
  forgetting,
  input,
  int64,
  type Objective,
  type Runtime,
  recomputing,
  type TrainStep,
  type TrainStepOptions,
  ZERO,
} from "@borda/tensor";
import type { Weights } from "@borda/transformer";
import { type Bins, packedFeeds } from "./bins";
import type { Batch, TokenRows } from "./collate";
import { layerBoundaries, scoresOf } from "./layers";
import { type ComparisonTensors, type LossTerms, preferenceLoss } from "./loss";
import { type RewardGraph, tokenFeeds } from "./model";
import { packed } from "./packing";
import type { TrainedPart } from "./trained-part";

export interface RewardStep extends TrainStep<string, string> {
  /** What the feeds of its batches must have, too. */
  readonly bins: Bins;
}

/** Signatures: by whole prompts, or by rows whose share in the loss is known; see update.ts. */
export const PROMPTS = "prompts";
export const ROWS = "rows";
/** Passes: rewards as they are measured, and as the loss sees them, with dropout. Both by the weights as they are. */
export const REWARDS = "rewards";
export const TRAINED_REWARDS = "trainedRewards";

/** float32 [n]: the derivative of an update's loss by each row's reward. */
export const REWARD_SLOPES = "reward_slopes";

/** Whether every update is one pass, or may have several. */
export type Passes = "one" | "several";

export interface RewardStepOptions extends Runtime, Pick<TrainStepOptions<string>, "arrays"> {
  readonly passes: Passes;
  /** 1 where left out. */
  readonly bins?: Bins;
}

/**
 * Forward, loss, backward, clipping and AdamW on the part's weights and the head, as one graph; and what else an update
 * of several passes needs.
 */
export async function createRewardStep(
  { graph, trainedGraph, weights, frozen }: TrainedPart,
  head: Weights,
  recipe: LossTerms & Pick<Recipe, "clipNorm" | "weightDecay" | "recompute">,
  { passes, bins = 1, ...runtime }: RewardStepOptions,
): Promise<RewardStep> {
  const tight = packed(trainedGraph, bins);
  const { rewards } = tight;
  const several = passes === "several";
  const memory = gradientsBy(recipe, tight);
  const prompts: Objective = { loss: preferenceLoss(rewards, comparisonInputs(), recipe), ...memory };
  const slopes = input(REWARD_SLOPES, ["n"]);
  const rows: Objective = { loss: build.reduceSum(build.mul(rewards, slopes)), ...memory };
  const step = await createTrainStep<string, string>({
    ...runtime,
    weights: new Map([...weights, ...head]),
    frozen,
    objectives: { [PROMPTS]: prompts },
    passes: { [REWARDS]: { rewards: graph.rewards }, ...(several && { [TRAINED_REWARDS]: { rewards } }) },
    optimizer: chain(clipByGlobalNorm(recipe.clipNorm), adamW({ weightDecay: recipe.weightDecay })),
    parts: several ? { [PROMPTS]: prompts, [ROWS]: rows } : {},
  });
  return Object.assign(step, { bins });
}

/** How the backward pass comes by what it reads of the forward one, where it does not keep all of it. */
function gradientsBy({ recompute }: Pick<Recipe, "recompute">, graph: Pick<RewardGraph, "features">) {
  switch (recompute) {
    case "nothing":
      return {};
    case "layers":
      return { gradients: recomputing(layerBoundaries(graph)) };
    case "attention": {
      const scores = scoresOf(graph);
      return { gradients: forgetting((tensor) => scores.has(tensor)) };
    }
  }
}

export function comparisonInputs(): ComparisonTensors {
  return {
    first: input("first", ["p"], "int64"),
    second: input("second", ["p"], "int64"),
    target: input("target", ["p"]),
    weight: input("weight", ["p"]),
  };
}

/** Of a batch, with what `drops` of its rows and places. */
export function batchFeeds(batch: Batch, bins: Bins = 1, drops: Feeds = {}): Feeds {
  return { ...passFeeds(batch, bins, drops), ...comparisonFeeds(batch) };
}

/** Of rows without their comparisons. */
export function passFeeds(rows: Omit<TokenRows, "tokens">, bins: Bins, drops: Feeds): Feeds {
  return { ...packedFeeds({ ...tokenFeeds(rows), ...drops }, bins), [ZERO]: float32([0], []) };
}

export function comparisonFeeds({
  first,
  second,
  target,
  weight,
}: Pick<Batch, "first" | "second" | "target" | "weight">): Feeds {
  return { first: int64(first), second: int64(second), target: float32(target), weight: float32(weight) };
}

export function weightsOf(feeds: Feeds): Weights {
  return new Map(
    Object.entries(feeds).map(([name, { data, dims }]) => [name, { shape: dims, data: data as Float32Array }]),
  );
}
