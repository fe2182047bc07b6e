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
 * The leaves of a forward pass over n rows of t tokens. Rows may be padded on either side: where attentionMask is 0,
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

/** The head that transformers' ...ForSequenceClassification puts on the hidden states, with one label. */
export interface Classification {
  /** transformers' name of the class, such as "BertForSequenceClassification". */
  readonly className: string;
  /** The tokens that it reads: the first or the last of each row. */
  readonly pooling: "cls" | "last";
  /** Fields of config.json without which it would read other tokens. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Its tensors, by their names in model.safetensors; BERT's pooler bears the model's prefix there. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What its last layer reads, [n, h], from hidden states [n, t, h]. */
  features(hidden: Tensor, inputs: ForwardInputs): Tensor;
  /** Name of its last layer, a matrix [1, h], with a bias or without. */
  readonly output: string;
  /** From hidden states [n, t, h] the logits [n], as transformers computes them for rows padded on the right. */
  logits(hidden: Tensor, inputs: ForwardInputs): Tensor;
}

/** A pretrained transformer without its tokenizer: weights, and the graph that turns token ids into hidden states. */
export interface Model {
  /** The model_type of its config.json, and its key in the registry of architectures. */
  readonly modelType: string;
  /** h, the width of a hidden state. */
  readonly hiddenSize: number;
  /** The most tokens a row may have, prompt and completion together. */
  readonly maxLength: number;
  /** Whether the model was trained with segmentIds that tell prompt and completion apart. */
  readonly segments: boolean;
  /** Every tensor that `hidden` asks for, and what else the base model's checkpoint holds of its own. */
  readonly weights: Weights;
  /**
   * Tensors of the checkpoint that belong to a head on top: Borda's ("score.weight", "score.bias"), or those of
   * `classification`; empty without one.
   */
  readonly head: Weights;
  /** The config.json as it was read, model_type included; every field of it is known. */
  readonly config: Readonly<Record<string, unknown>>;
  /** See ConfigFile. */
  readonly floatFields?: ReadonlySet<string>;
  /** Hidden states [n, t, h] of the last layer; the rows of padding hold finite numbers without meaning. */
  hidden(inputs: ForwardInputs): Tensor;
  /** Linear layers keep their weights [in, out], as GPT-2's do, and not [out, in]. */
  readonly matrices?: "inFirst";
  /** Where transformers has such a class of the architecture. */
  readonly classification?: Classification;
}

/**
 * A pretrained transformer: weights, tokenizer, and the graph that turns tokens into hidden states.
 * It describes computation and runs nothing; packages/tensor derives gradients from it and lowers it.
 */
export interface Backbone extends Model {
  readonly tokenizer: Tokenizer;
}
