import type { Tensor } from "@borda/tensor";
import type { Tokenizer } from "./tokenizer";

/** A float32 tensor with its values in row-major order; `data.length` is the product of `shape`. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by their names in model.safetensors. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/**
 * The leaves of a forward pass over n rows of t tokens. Rows may be padded on the right: where attentionMask is 0,
 * inputIds holds the tokenizer's padId, and what the other rows and tokens become does not depend on it.
 */
export interface ForwardInputs {
  /** int64 [n, t] */
  readonly inputIds: Tensor;
  /** int64 [n, t]: 1 on a token, 0 on padding */
  readonly attentionMask: Tensor;
  /** int64 [n, t]: 0 on the prompt (and the padding), 1 on the completion; left out, all are 0 */
  readonly segmentIds?: Tensor;
  /** The parameter of that name in `Backbone.weights`, always the same tensor for the same name. */
  readonly parameter: (name: string) => Tensor;
}

/**
 * A pretrained transformer: weights, tokenizer, and the graph that turns tokens into hidden states.
 * It describes computation and runs nothing; packages/tensor derives gradients from it and lowers it.
 */
export interface Backbone {
  /** The model_type of its config.json, and its key in the registry of architectures. */
  readonly modelType: string;
  /** h, the width of a hidden state. */
  readonly hiddenSize: number;
  /** The most tokens a row may have, prompt and completion together. */
  readonly maxLength: number;
  /** Every tensor that `hidden` and `pooler` ask for, and no other. */
  readonly weights: Weights;
  /** Tensors of the checkpoint that belong to a head on top ("score.weight", "score.bias"); empty without one. */
  readonly head: Weights;
  readonly tokenizer: Tokenizer;
  /** The validated config.json, model_type included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Hidden states [n, t, h] of the last layer; the rows of padding hold finite numbers without meaning. */
  hidden(inputs: ForwardInputs): Tensor;
  /**
   * What the pretrained model puts between its pooled hidden state [n, h] and whatever reads it, where it has such a
   * layer: [n, h] again. The starter's is the dense tanh layer over the mean.
   */
  readonly pooler?: (pooled: Tensor, parameter: (name: string) => Tensor) => Tensor;
}
