import type { Recipe } from "@borda/preferences";
import type { Backbone, Weights } from "@borda/transformer";
import { RewardModelError } from "./errors";
import type { RewardGraph } from "./model";

/** Which of the backbone's weights a mode trains; the head trains in every mode. */
export interface TrainedPart {
  readonly weights: Weights;
  /** What the rewards depend on beside them. */
  readonly frozen: Weights;
}

/** Throws RewardModelError naming the recipe's field that asks for what the backbone does not have. */
export function trainedPart(
  { weights }: Backbone,
  { trained }: RewardGraph,
  { mode, lastLayers }: Pick<Recipe, "mode" | "lastLayers">,
): TrainedPart {
  const names = new Set(mode === "all" ? trained : mode === "last" ? namesOfLast(trained, lastLayers) : []);
  const of = (chosen: boolean) =>
    new Map(trained.filter((name) => names.has(name) === chosen).map((name) => [name, weights.get(name)!] as const));
  return { weights: of(true), frozen: of(false) };
}

/**
 * Names of the weights of the last `count` layers and of what stands behind them, out of all in the order in which the
 * model asks for them.
 */
export function namesOfLast(names: readonly string[], count: number): string[] {
  const layers = new Set(names.map(layerOf).filter((layer) => layer !== undefined)).size;
  if (count > layers)
    throw new RewardModelError(
      "BAD_RECIPE",
      `lastLayers is ${count}, but the backbone has ${layers} layers: give at most that, or train with mode all.`,
    );
  const isLast = (name: string) => (layerOf(name) ?? layers) >= layers - count;
  return names.slice(names.findIndex((name) => layerOf(name) === layers - count)).filter(isLast);
}

/** The layer that a weight's name counts: 3 in "encoder.layer.3.output.dense.weight". */
export function layerOf(name: string): number | undefined {
  const [, layer] = /(?:^|\.)(\d+)\./.exec(name) ?? [];
  return layer === undefined ? undefined : Number(layer);
}

/** Number of values. */
export function countOf(weights: Weights): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
}
