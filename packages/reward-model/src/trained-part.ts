import type { Recipe } from "@borda/preferences";
import { type Adapter, type Backbone, mergeAdapter, type Weights } from "@borda/transformer";
import { type DropoutRates, withDropout } from "./dropout";
import { RewardModelError } from "./errors";
import { layerOf } from "./layers";
import { adapted, adapterOf, layersToAdapt, newMatrices } from "./low-rank";
import type { RewardGraph } from "./model";

/** What a mode trains of a model; the head trains in every mode. */
export interface TrainedPart {
  /** The graph that is measured: the model's own, with adapters where those train. */
  readonly graph: RewardGraph;
  /** The graph that the loss is of: the same, with dropout. */
  readonly trainedGraph: RewardGraph;
  /** What changes beside the head, as it is at the start. */
  readonly weights: Weights;
  /** What the rewards depend on beside them. */
  readonly frozen: Weights;
  /** The trained weights under the names that the model's own graph has for them. */
  finished(trained: Weights): FinishedWeights;
}

export interface FinishedWeights {
  readonly weights: Weights;
  /** Where one was trained: what is merged into the weights. */
  readonly adapter?: Adapter;
}

/** Throws RewardModelError naming the recipe's field that asks for what the backbone does not have. */
export function trainedPart(backbone: Backbone, graph: RewardGraph, recipe: Recipe): TrainedPart {
  if (recipe.mode === "lora") return lowRankPart(backbone, graph, recipe);
  const { trained } = graph;
  const { mode, lastLayers } = recipe;
  const names = new Set(mode === "all" ? trained : mode === "last" ? namesOfLast(trained, lastLayers) : []);
  const of = (chosen: boolean) => chosenOf(backbone, trained, (name) => names.has(name) === chosen);
  const trainedGraph = mode === "head" ? graph : withDropout(graph, ratesOf(recipe));
  return { graph, trainedGraph, weights: of(true), frozen: of(false), finished: (weights) => ({ weights }) };
}

function ratesOf({ attentionDropout, hiddenDropout }: Recipe): DropoutRates {
  return { attention: attentionDropout, hidden: hiddenDropout };
}

function lowRankPart(backbone: Backbone, graph: RewardGraph, recipe: Recipe): TrainedPart {
  const { loraTargets, loraRank: rank, loraAlpha: alpha, loraDropout: dropout } = recipe;
  const layers = layersToAdapt(backbone, graph, loraTargets);
  const measured = { rank, alpha, dropout: 0 };
  const weights = newMatrices(layers, rank, recipe.seed);
  const own = new Set(graph.trained);
  return {
    graph: adapted(graph, layers, measured),
    trainedGraph: adapted(withDropout(graph, ratesOf(recipe)), layers, { ...measured, dropout }),
    weights,
    frozen: chosenOf(backbone, graph.trained, () => true),
    finished: (trained) => {
      const matrices = new Map([...weights.keys()].map((name) => [name, trained.get(name)!] as const));
      const adapter = adapterOf(layers, matrices, { rank, alpha, dropout, base: recipe.backbone });
      const merged = mergeAdapter(backbone, adapter).weights;
      const kept = [...trained].filter(([name]) => !weights.has(name));
      return { weights: new Map(kept.map(([name, old]) => [name, own.has(name) ? merged.get(name)! : old])), adapter };
    },
  };
}

function chosenOf({ weights }: Backbone, names: readonly string[], chosen: (name: string) => boolean): Weights {
  return new Map(names.filter(chosen).map((name) => [name, weights.get(name)!] as const));
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

/** Number of values. */
export function countOf(weights: Weights): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
}
