import type { Recipe } from "@borda/preferences";
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createTrainStep,
  type Feeds,
  float32,
  input,
  int64,
  type TrainStep,
} from "@borda/tensor";
import type { Weights } from "@borda/transformer";
import type { Batch } from "./collate";
import { type ComparisonTensors, preferenceLoss } from "./loss";
import { type RewardGraph, tokenFeeds } from "./model";

/** Forward, loss, backward, clipping and AdamW on all of `weights`, as one graph; `frozen` are only read. */
export function createRewardStep(
  graph: RewardGraph,
  { weights, frozen }: { readonly weights: Weights; readonly frozen: Weights },
  recipe: Pick<Recipe, "beta" | "centering" | "margin" | "clipNorm" | "weightDecay">,
  threads: number,
): Promise<TrainStep<"step">> {
  const loss = preferenceLoss(graph.rewards, comparisonInputs(), recipe);
  return createTrainStep({
    weights,
    frozen,
    objectives: { step: { loss } },
    optimizer: chain(clipByGlobalNorm(recipe.clipNorm), adamW({ weightDecay: recipe.weightDecay })),
    threads,
  });
}

export function comparisonInputs(): ComparisonTensors {
  return {
    first: input("first", ["p"], "int64"),
    second: input("second", ["p"], "int64"),
    target: input("target", ["p"]),
    weight: input("weight", ["p"]),
  };
}

export function batchFeeds(batch: Batch) {
  return {
    ...tokenFeeds(batch),
    first: int64(batch.first),
    second: int64(batch.second),
    target: float32(batch.target),
    weight: float32(batch.weight),
  };
}

export function weightFeeds(weights: Weights): Feeds {
  return Object.fromEntries([...weights].map(([name, { data, shape }]) => [name, float32(data, shape)]));
}

export function weightsOf(feeds: Feeds): Weights {
  return new Map(
    Object.entries(feeds).map(([name, { data, dims }]) => [name, { shape: dims, data: data as Float32Array }]),
  );
}
