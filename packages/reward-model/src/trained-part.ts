import type { Recipe } from "@borda/preferences";
import { type Adapter, type Backbone, classifierNames, mergeAdapter, type Weights } from "@borda/transformer";
import { type DropoutRates, withDropout } from "./dropout";
import { RewardModelError } from "./errors";
import { layerOf } from "./layers";
import { adapted, adapterOf, layersToAdapt, newMatrices } from "./low-rank";
import type { RewardBackbone, RewardGraph } from "./model";
import { narrowed } from "./narrowed";
import { innerNames, ownHeadWeights } from "./own-head";

/** What a mode trains of a model; the head trains in every mode, with all of its layers but where it is solved. */
export interface TrainedPart {
  /** The graph that is measured: the model's own, with adapters where those train. */
  readonly graph: RewardGraph;
  /** The graph that the loss is of: the same, with dropout. */
  readonly trainedGraph: RewardGraph;
  /** What changes beside the head, as it is at the start. */
  readonly weights: Weights;
  /** What the rewards depend on beside them. */
  readonly frozen: Weights;
  /** The weights after the training, frozen ones included, under the names that the model's own graph has for them. */
  finished(trained: Weights): FinishedWeights;
}

export interface FinishedWeights {
  readonly weights: Weights;
  /** Where one was trained: what is merged into the weights. */
  readonly adapter?: Adapter;
}

/**
 * `base` is what the backbone came from, a folder or "hub:ORG/NAME@REVISION". Throws RewardModelError naming the recipe's
 * field that asks for what the backbone does not have.
 */
export function trainedPart(
  backbone: Backbone & RewardBackbone,
  graph: RewardGraph,
  recipe: Recipe,
  base = recipe.backbone,
): TrainedPart {
  const part = recipe.mode === "lora" ? lowRankPart(backbone, graph, recipe, base) : ownPart(backbone, graph, recipe);
  return { ...part, graph: narrowed(part.graph), trainedGraph: narrowed(part.trainedGraph) };
}

/** Weights of the backbone's own. */
function ownPart(backbone: Backbone & RewardBackbone, graph: RewardGraph, recipe: Recipe): TrainedPart {
  const { trained } = graph;
  const { mode, lastLayers } = recipe;
  if (mode === "head") refuseDrawn(backbone);
  const names = new Set(mode === "all" ? trained : mode === "last" ? namesOfLast(trained, lastLayers) : []);
  const of = (chosen: boolean) => chosenOf(backbone, trained, (name) => names.has(name) === chosen);
  const trainedGraph = mode === "head" ? graph : withDropout(graph, ratesOf(recipe));
  return { graph, trainedGraph, weights: of(true), frozen: of(false), finished: (weights) => ({ weights }) };
}

function ratesOf({ attentionDropout, hiddenDropout }: Recipe): DropoutRates {
  return { attention: attentionDropout, hidden: hiddenDropout };
}

/** Under the layer that is solved nothing learns: what chance drew there would stay as it is. */
function refuseDrawn({ drawn = [], ownHead }: RewardBackbone): void {
  if (drawn.length === 0) return;
  throw new RewardModelError(
    "BAD_RECIPE",
    `mode is head, which solves one linear layer, but ${ownHead!.className} has layers under it that the backbone's ` +
      `checkpoint lacks: ${drawn.join(", ")}. Choose pooling mean, or mode lora, last or all, which train them.`,
  );
}

function lowRankPart(
  backbone: Backbone & RewardBackbone,
  graph: RewardGraph,
  recipe: Recipe,
  base: string,
): TrainedPart {
  const { loraTargets, loraRank: rank, loraAlpha: alpha, loraDropout: dropout } = recipe;
  const { ownHead } = backbone;
  const inner = new Set(ownHead ? innerNames(ownHead) : []);
  const layers = layersToAdapt(backbone, graph, loraTargets, inner);
  const measured = { rank, alpha, dropout: 0 };
  const matrices = newMatrices(layers, rank, recipe.seed);
  const changed = new Set(layers.map(({ module }) => `${module}.weight`));
  const of = (whole: boolean) => chosenOf(backbone, graph.trained, (name) => inner.has(name) === whole);
  return {
    graph: adapted(graph, layers, measured),
    trainedGraph: adapted(withDropout(graph, ratesOf(recipe)), layers, { ...measured, dropout }),
    weights: new Map([...matrices, ...of(true)]),
    frozen: of(false),
    finished: (trained) => {
      const head = ownHead && { weights: ownHeadWeights(ownHead, trained), nameInFile: classifierNames(backbone) };
      const adapter = adapterOf(layers, trained, { rank, alpha, dropout, base, ...(head && { head }) });
      const merged = mergeAdapter({ ...backbone, weights: trained }, adapter).weights;
      const kept = [...trained].filter(([name]) => !matrices.has(name));
      const weights = new Map(kept.map(([name, own]) => [name, changed.has(name) ? merged.get(name)! : own]));
      return { weights, adapter };
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
