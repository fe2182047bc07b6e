import type { Recipe } from "@borda/preferences";
import { build, input, int64, parameter, type Tensor } from "@borda/tensor";
import type { Model, Weights } from "@borda/transformer";
import type { TokenRows } from "./collate";
import { pool } from "./pooling";

/** Names that transformers and its exporters give to a graph's inputs and output. */
export const INPUT_IDS = "input_ids";
export const ATTENTION_MASK = "attention_mask";
export const TOKEN_TYPE_IDS = "token_type_ids";
export const LOGITS = "logits";
export const HEAD_WEIGHT = "score.weight";
export const HEAD_BIAS = "score.bias";

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

/** Backbone, pooling over all tokens of prompt and completion, and the head: reward = score.weight . pooled + score.bias. */
export function rewardGraph(backbone: Model, pooling: Recipe["pooling"]): RewardGraph {
  const inputIds = input(INPUT_IDS, ["n", "t"], "int64");
  const attentionMask = input(ATTENTION_MASK, ["n", "t"], "int64");
  const segmentIds = backbone.segments ? [input(TOKEN_TYPE_IDS, ["n", "t"], "int64")] : [];
  const known = new Map<string, Tensor>();
  const weight = (name: string): Tensor => {
    const made = known.get(name) ?? parameter(name, backbone.weights.get(name)!.shape);
    known.set(name, made);
    return made;
  };
  const leaves = { inputIds, attentionMask, parameter: weight };
  const hidden = backbone.hidden(segmentIds[0] ? { ...leaves, segmentIds: segmentIds[0] } : leaves);
  const features = pool(hidden, attentionMask, pooling);
  const head = parameter(HEAD_WEIGHT, [1, backbone.hiddenSize]);
  const logits = build.linear(features, head, parameter(HEAD_BIAS, [1]), { outFirst: true });
  return {
    inputs: [inputIds, attentionMask, ...segmentIds],
    hidden,
    features,
    rewards: build.reshape(logits, { shape: ["n"] }),
    trained: [...known.keys()],
  };
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
