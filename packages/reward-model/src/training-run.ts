import { availableParallelism } from "node:os";
import type { EvaluationReport, Pooling, PreferenceGroup, Recipe, RunEvent } from "@borda/preferences";
import type { Runtime } from "@borda/tensor";
import { type Backbone, loadBackbone, type Weights } from "@borda/transformer";
import { type EncodedGroup, encodeGroups } from "./encode";
import { RewardModelError } from "./errors";
import type { FeatureCacheOptions } from "./feature-cache";
import { hasBias, type RewardBackbone, type RewardGraph, rewardGraph } from "./model";
import { narrowed } from "./narrowed";
import { withOwnHead } from "./own-head";
import { planTraining, type TrainingPlan } from "./plan";
import { poolingOf } from "./pooling";
import { hashBackbone, hashGroups, hashText } from "./provenance";
import type { CheckpointSizes } from "./serving-graph";
import { countOf, type TrainedPart, trainedPart } from "./trained-part";

export interface TrainOptions {
  readonly groups: { readonly train: readonly PreferenceGroup[]; readonly heldOut: readonly PreferenceGroup[] };
  readonly recipe: Recipe;
  /** The checkpoint's folder, which appears whole or not at all. It must not exist, unless this training resumed wrote it. */
  readonly out: string;
  /** Where the state is saved, and found again by the next call with the same data and recipe. */
  readonly resumeDir?: string;
  readonly saveEverySeconds?: number;
  /** Where the recipe's backbone lies, for a model of the hub. */
  readonly backboneFolder?: string;
  /** Folder of a checkpoint to go on from, in place of the recipe's backbone. */
  readonly start?: string;
  readonly maxSteps?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  readonly provenance?: { readonly runId?: string; readonly dataHash?: string };
  /** Bytes above which the checkpoint's files are split; their own limits where left out. */
  readonly sizes?: CheckpointSizes;
  /** Threads of the native library. The same number gives the same weights. All cores where left out. */
  readonly threads?: number;
  /** What runs the graphs, and where; onnxruntime on the processor where left out. */
  readonly runtime?: Omit<Runtime, "threads">;
  /** Where a training of the head alone keeps features for later runs; nowhere where left out. */
  readonly featureCache?: FeatureCacheOptions;
}

export interface TrainResult {
  readonly steps: number;
  readonly seconds: number;
  /** Real tokens, counted once a step, over the seconds of the steps. */
  readonly tokensPerSecond: number;
  /** Without padding. */
  readonly tokensPerEpoch: number;
  /** Share of the batches' tokens that only fills their rows. */
  readonly padding: number;
  /** Before anything was learnt: of a head of zeros, or the first step's where a checkpoint was started from. */
  readonly lossFirst: number;
  /** Mean over the last tenth of the steps. */
  readonly lossLast: number;
  readonly trainPrompts: number;
  readonly trainComparisons: number;
  readonly eval: EvaluationReport;
  readonly out: string;
  readonly mode: Recipe["mode"];
  /** Weights that changed, and all that the checkpoint's rewards depend on. */
  readonly trainedParameters: number;
  readonly parameters: number;
}

/** What a training comes to, by whatever mode. */
export interface TrainedModel extends Pick<TrainResult, "steps" | "tokensPerSecond" | "lossFirst" | "lossLast"> {
  /** Of the part's graph, every one. */
  readonly weights: Weights;
  readonly report: EvaluationReport;
}

/** What stays as it is through the whole training. */
export interface TrainingRun {
  readonly options: TrainOptions;
  readonly recipe: Recipe;
  /** The recipe's, or the backbone's usual one. */
  readonly pooling: Pooling;
  readonly backbone: Backbone & RewardBackbone;
  readonly maxLength: number;
  readonly graph: RewardGraph;
  readonly part: TrainedPart;
  /** Weights that train, and all that rewards depend on, head included. */
  readonly parameters: { readonly trained: number; readonly all: number };
  readonly train: readonly EncodedGroup[];
  readonly heldOut: readonly EncodedGroup[];
  readonly comparisons: number;
  readonly plan: TrainingPlan;
  readonly threads: number;
  readonly runtime: Runtime;
  readonly dataHash: string;
  /** Of the backbone as it was read; see hashBackbone. */
  readonly backboneHash: string;
  /** Of everything that decides the outcome: recipe, data, and the backbone's content. */
  readonly fingerprint: string;
  readonly emit: (event: RunEvent) => void;
  readonly startedAt: number;
}

export async function prepareRun(options: TrainOptions): Promise<TrainingRun> {
  const startedAt = performance.now();
  const {
    recipe,
    groups,
    maxSteps,
    start,
    backboneFolder,
    threads = availableParallelism(),
    onEvent: emit = () => {},
  } = options;
  const loaded = await loadBackbone(start ?? backboneFolder ?? recipe.backbone);
  const pooling = poolingOf(loaded, loaded.tokenizer, recipe);
  const backbone = withOwnHead(loaded, pooling, recipe);
  const maxLength = Math.min(recipe.maxLength, backbone.maxLength);
  const { tokenizer } = backbone;
  const train = encodeGroups(groups.train, tokenizer, maxLength, recipe.ties);
  const heldOut = encodeGroups(groups.heldOut, tokenizer, maxLength); // measured as `evaluate` does, whatever was learnt of ties
  const comparisons = train.reduce((sum, group) => sum + group.comparisons.length, 0);
  if (comparisons === 0)
    throw new RewardModelError(
      "NO_COMPARISONS",
      "No training prompt has two completions that are ranked against each other: rank some, or add data.",
    );
  const whole = rewardGraph(backbone, pooling);
  const graph = narrowed(whole);
  const part = trainedPart(backbone, whole, recipe, start);
  const plan = planTraining(train, recipe, maxSteps);
  const dataHash = options.provenance?.dataHash ?? hashGroups([...groups.train, ...groups.heldOut]);
  const backboneHash = hashBackbone(loaded);
  // Groups are shuffled by their places: the same ones in another order are other batches.
  const order = hashText(groups.train.map(({ key }) => key).join("\n"));
  const data = [hashGroups(groups.train), order, hashGroups(groups.heldOut)];
  const parts = [recipe, plan.steps, ...data, start ?? null, backboneHash];
  const head = backbone.hiddenSize + Number(hasBias(backbone));
  const trained = countOf(part.weights) + head;
  const parameters = { trained, all: trained + countOf(part.frozen) };
  emit({
    type: "plan",
    steps: plan.steps,
    trainPrompts: train.length,
    trainComparisons: comparisons,
    heldOutPrompts: heldOut.length,
    parameters: parameters.trained,
    tokensPerEpoch: plan.tokensPerEpoch,
  });
  const fingerprint = hashText(JSON.stringify(parts));
  const fixed = {
    options,
    recipe,
    pooling,
    backbone,
    maxLength,
    graph,
    part,
    parameters,
    train,
    heldOut,
    comparisons,
    plan,
    threads,
    runtime: { ...options.runtime, threads },
  };
  return { ...fixed, dataHash, backboneHash, fingerprint, emit, startedAt };
}
