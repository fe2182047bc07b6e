import type { Pooling } from "@borda/preferences";
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createExecutor,
  createTrainStep,
  type Feeds,
  float32,
  gradient,
  parameter,
  type Runtime,
  type Tensor,
  topologicalOrder,
} from "@borda/tensor";
import type { Model, Weights, WeightTensor } from "@borda/transformer";
import { preferenceLoss } from "../loss";
import { HEAD_BIAS, HEAD_WEIGHT, type RewardGraph, rewardGraph, tokenFeeds } from "../model";
import { narrowed } from "../narrowed";
import { packed } from "../packing";
import { batchFeeds, comparisonInputs } from "../reward-step";
import type { ModelFigures, Reference } from "./reference";

/** The model, the batch and the head that a reference was computed with. */
export interface Subject {
  readonly model: Model;
  /** The model's weights and the head's. */
  readonly weights: Weights;
  readonly rows: Rows;
  readonly beta: number;
  /** What runs it. */
  readonly runtime: Runtime;
}

export type Rows = Parameters<typeof batchFeeds>[0];

/** The rows of a reference's ids, and its pairs as each prompt's equal share of the loss. */
export async function readRows(
  { tensors }: Reference,
  { group_lengths, pairs }: Pick<ModelFigures, "group_lengths" | "pairs">,
): Promise<Rows> {
  const ids = await tensors.readIntegers("input_ids");
  const mask = await tensors.readIntegers("attention_mask");
  const [n, t] = ids.shape as [number, number];
  const groupOf = group_lengths.flatMap((length, group) => Array<number>(length).fill(group));
  const pairsOf = group_lengths.map((_, group) => pairs.filter(([first]) => groupOf[first] === group).length);
  const judged = pairsOf.filter((count) => count > 0).length;
  return {
    n,
    t,
    inputIds: ids.data,
    attentionMask: mask.data,
    segmentIds: new BigInt64Array(n * t),
    tokens: mask.data.filter((one) => one === 1n).length,
    groupLengths: group_lengths,
    first: BigInt64Array.from(pairs, ([first]) => BigInt(first)),
    second: BigInt64Array.from(pairs, ([, second]) => BigInt(second)),
    target: Float32Array.from(pairs, ([, , target]) => target),
    weight: Float32Array.from(pairs, ([first]) => 1 / judged / pairsOf[groupOf[first]!]!),
  };
}

/** The subject of a reference that brings a head of its own; one without a bias has none to compare. */
export async function readSubject(
  model: Model,
  reference: Reference,
  figures: Pick<ModelFigures, "group_lengths" | "pairs" | "beta">,
  runtime: Runtime,
): Promise<Subject> {
  const { data } = await reference.tensors.read("head.weight");
  const bias = reference.tensors.entries.has("head.bias")
    ? (await reference.tensors.read("head.bias")).data
    : new Float32Array(1);
  const head = new Map<string, WeightTensor>([
    [HEAD_WEIGHT, { shape: [1, data.length], data }],
    [HEAD_BIAS, { shape: [1], data: bias }],
  ]);
  const rows = await readRows(reference, figures);
  return { model, weights: new Map([...model.weights, ...head]), rows, beta: figures.beta, runtime };
}

export interface Outcome {
  readonly hidden: Float32Array;
  readonly pooled: Float32Array;
  readonly rewards: Float32Array;
  readonly loss: number;
  /** By parameter, for every one that the loss depends on. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** One forward and backward pass. */
export async function computeOutcome(subject: Subject, pooling: Pooling): Promise<Outcome> {
  const graph = narrowed(rewardGraph(subject.model, pooling));
  const { loss, parameters } = objective(graph, subject);
  const adjoints = gradient(loss, [...parameters.values()]);
  const gradients = [...parameters.keys()].map((name, i) => [`gradient/${name}`, adjoints[i]!] as const);
  const { hidden, features, rewards } = graph;
  const outputs = { hidden, pooled: features, rewards, loss, ...Object.fromEntries(gradients) };
  const executor = await createExecutor({ outputs }, subject.runtime);
  try {
    const found = await executor.run(feedsOf(subject));
    const floats = (name: string) => found[name]!.data as Float32Array;
    return {
      hidden: floats("hidden"),
      pooled: floats("pooled"),
      rewards: floats("rewards"),
      loss: floats("loss")[0]!,
      gradients: new Map([...parameters.keys()].map((name) => [name, floats(`gradient/${name}`)])),
    };
  } finally {
    await executor.close();
  }
}

/** The logits of transformers' own head; nothing where the checkpoint has none. */
export async function computeLogits({ model, rows, runtime }: Subject): Promise<Float32Array | undefined> {
  const { classification } = model;
  const available = new Map([...model.weights, ...model.head]);
  if (!classification || ![...classification.shapes.keys()].every((name) => available.has(name))) return undefined;
  const { inputs, hidden } = rewardGraph(model, "mean");
  const parameterOf = (name: string) => parameter(name, available.get(name)!.shape);
  const [inputIds, attentionMask] = inputs as [Tensor, Tensor];
  const logits = classification.logits(hidden, { inputIds, attentionMask, parameter: parameterOf });
  const executor = await createExecutor({ outputs: { logits } }, runtime);
  try {
    const { logits: found } = await executor.run({ ...tokenFeeds(rows), ...weightFeeds(available) });
    return found!.data as Float32Array;
  } finally {
    await executor.close();
  }
}

/**
 * All weights after clipping and one step of AdamW, which decays every one of them, and the norm before clipping; by the
 * graph of a training, which computes real tokens alone.
 */
export async function computeUpdate(
  subject: Subject,
  pooling: Pooling,
  { lr, betas, eps, weight_decay, max_grad_norm }: ModelFigures["adamw"],
): Promise<{ readonly weights: ReadonlyMap<string, Float32Array>; readonly gradientNorm: number }> {
  const { loss, parameters } = objective(packed(narrowed(rewardGraph(subject.model, pooling)), 2), subject);
  const [beta1, beta2] = betas;
  const trained = new Map([...parameters.keys()].map((name) => [name, subject.weights.get(name)!] as const));
  const step = await createTrainStep({
    ...subject.runtime,
    weights: trained,
    objectives: { step: { loss } },
    optimizer: chain(
      clipByGlobalNorm(max_grad_norm),
      adamW({ beta1, beta2, epsilon: eps, weightDecay: weight_decay, decays: () => true }),
    ),
  });
  try {
    const { gradientNorm } = await step.run("step", batchFeeds(subject.rows, 2), lr);
    return { weights: step.state().weights, gradientNorm };
  } finally {
    await step.close();
  }
}

function objective(graph: Pick<RewardGraph, "rewards">, { weights, beta }: Subject) {
  const loss = preferenceLoss(graph.rewards, comparisonInputs(), { beta, centering: 0, margin: 0 });
  return { loss, parameters: parametersOf(loss, weights) };
}

/** The parameters that a loss depends on, by name, as its own graph holds them. */
function parametersOf(loss: Tensor, weights: Weights): Map<string, Tensor> {
  const found = topologicalOrder([loss]).filter(({ op }) => op === "parameter");
  return new Map(found.filter(({ name }) => weights.has(name!)).map((leaf) => [leaf.name!, leaf]));
}

function feedsOf({ rows, weights }: Subject): Feeds {
  return { ...batchFeeds(rows), ...weightFeeds(weights) };
}

function weightFeeds(weights: Weights): Feeds {
  return Object.fromEntries([...weights].map(([name, { data, shape }]) => [name, float32(data, shape)]));
}
