import type { Pooling } from "@borda/preferences";
import { build, input, int64, parameter, type Tensor } from "@borda/tensor";
import type { Classification, Model, Weights } from "@borda/transformer";
import type { TokenRows } from "./collate";
import { pool } from "./pooling";

/** Names that transformers and its exporters give to a graph's inputs and output. */
export const INPUT_IDS = "input_ids";
export const ATTENTION_MASK = "attention_mask";
export const TOKEN_TYPE_IDS = "token_type_ids";
export const LOGITS = "logits";
export const HEAD_WEIGHT = "score.weight";
export const HEAD_BIAS = "score.bias";

/** A backbone whose pooled state goes through transformers' own head, where it has one for the pooling. */
export interface RewardBackbone extends Model {
  /** Its layers before the last are among `weights`; the last is Borda's score under another name. */
  readonly ownHead?: Classification;
  /** Names of those layers' weights that no checkpoint gave, but chance. */
  readonly drawn?: readonly string[];
}

/** A reward model as tensors: n rows of t tokens in, n rewards out. Parameters go by their names in model.safetensors. */
export interface RewardGraph {
  /** int64 [n, t] each, in this order: ids, attention mask, and token types where the backbone knows segments. */
  readonly inputs: readonly Tensor[];
  /** float32 [n, t, h] */
  readonly hidden: Tensor;
  /** float32 [n, h]: what the head reads. */
  readonly features: Tensor;
  /** float32 [n] */
  readonly rewards: Tensor;
  /** The backbone's weights that rewards depend on, by name. */
  readonly trained: readonly string[];
}

/**
 * Backbone, pooling, and the head: reward = score.weight . pooled + score.bias,
 * without the bias where transformers' own head has none.
 */
export function rewardGraph(backbone: RewardBackbone, pooling: Pooling): RewardGraph {
  const inputIds = input(INPUT_IDS, ["n", "t"], "int64");
  const attentionMask = input(ATTENTION_MASK, ["n", "t"], "int64");
  const segmentIds = backbone.segments ? [input(TOKEN_TYPE_IDS, ["n", "t"], "int64")] : [];
  const known = new Map<string, Tensor>();
  const weight = (name: string): Tensor => {
    const made = known.get(name) ?? parameter(name, backbone.weights.get(name)!.shape);
    known.set(name, made);
    return made;
  };
  const leaves = { inputIds, attentionMask, parameter: weight, ...(segmentIds[0] && { segmentIds: segmentIds[0] }) };
  const hidden = backbone.hidden(leaves);
  const { ownHead, hiddenSize } = backbone;
  const features = ownHead ? ownHead.features(hidden, leaves) : pool(hidden, leaves, pooling);
  const head = parameter(HEAD_WEIGHT, [1, hiddenSize]);
  const logits = hasBias(backbone)
    ? build.linear(features, head, parameter(HEAD_BIAS, [1]), { outFirst: true })
    : build.matmul(features, head, { transposeY: true });
  return {
    inputs: [inputIds, attentionMask, ...segmentIds],
    hidden,
    features,
    rewards: build.reshape(logits, { shape: ["n"] }),
    trained: [...known.keys()],
  };
}

/** Whether the reward has score.bias in it. */
export function hasBias({ ownHead }: RewardBackbone): boolean {
  return !ownHead || ownHead.shapes.has(`${ownHead.output}.bias`);
}

export function headWeights(weight: Float32Array, bias: number): Weights {
  return new Map([
    [HEAD_WEIGHT, { shape: [1, weight.length], data: weight }],
    [HEAD_BIAS, { shape: [1], data: Float32Array.of(bias) }],
  ]);
}

/** The head that a checkpoint's folder holds, or a new one of zeros, which gives every completion the reward 0. */
export function startingHead(backbone: Model): Weights {
  const { head, hiddenSize } = backbone;
  if (head.get(HEAD_WEIGHT)?.data.length === hiddenSize) {
    const bias = head.get(HEAD_BIAS)?.data[0] ?? 0;
    return headWeights(head.get(HEAD_WEIGHT)!.data, bias);
  }
  return headWeights(new Float32Array(hiddenSize), 0);
}

export function tokenFeeds({ n, t, inputIds, attentionMask, segmentIds }: Omit<TokenRows, "tokens">) {
  return {
    [INPUT_IDS]: int64(inputIds, [n, t]),
    [ATTENTION_MASK]: int64(attentionMask, [n, t]),
    [TOKEN_TYPE_IDS]: int64(segmentIds, [n, t]),
  };
}
