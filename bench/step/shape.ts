import { z } from "zod";

/** A model by its sizes: what both runtimes make the same model of. */
export const Shape = z.object({
  /** transformers' config.json. */
  config: z.looseObject({ model_type: z.string(), vocab_size: z.number().int() }),
  /** What trains: all weights, or adapters of rank 8 on queries and values. */
  mode: z.enum(["all", "lora"]),
});
export type Shape = z.infer<typeof Shape>;

/** What a child measures: steps on one batch of `rows` of `tokens` tokens, prompts of `k` completions. */
export const StepJob = Shape.extend({
  rows: z.number().int().positive(),
  tokens: z.number().int().positive(),
  k: z.number().int().min(2),
  /** Steps that count, after two that do not. */
  runs: z.number().int().positive(),
  threads: z.number().int().positive(),
  /** The peer takes bfloat16 for its autocast. */
  precision: z.enum(["float32", "bfloat16"]),
  executor: z.enum(["onnx", "tensorflow"]),
  /** Of which tokens the head reads the states. */
  pooling: z.enum(["mean", "last", "cls"]),
  /** What the backward pass computes again in place of keeping it. The peer has layers; its attention never keeps scores. */
  recompute: z.enum(["nothing", "attention", "layers"]),
  /** The peer has cpu and cuda. */
  device: z.enum(["cpu", "webgpu", "cuda"]),
  home: z.string(),
});
export type StepJob = z.infer<typeof StepJob>;

/** What a child prints, in one line. */
export const StepTimes = z.object({
  /** Of each step, by the clock, and by the processor for all threads. */
  milliseconds: z.array(z.number()).min(1),
  processor: z.array(z.number()).min(1),
  /** Before the first update: the same for all runtimes, whose weights are the same. */
  firstLoss: z.number(),
  /** Resident memory of the process before its first step, and the most that it had. */
  restMiB: z.number(),
  peakMiB: z.number(),
});
export type StepTimes = z.infer<typeof StepTimes>;

export const WARM_UP = 2;

/** A BERT of these sizes with BERT's words. */
export function bertShape(layers: number, width: number, heads: number): Shape {
  return {
    mode: "all",
    config: {
      model_type: "bert",
      vocab_size: 30_522,
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: 4 * width,
      max_position_embeddings: 2048,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
    },
  };
}

/** 0.5 B weights: the sizes of Qwen 2.5's smallest. */
export const qwenShape: Shape = {
  mode: "lora",
  config: {
    model_type: "qwen2",
    vocab_size: 151_936,
    hidden_size: 896,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    intermediate_size: 4864,
    rope_theta: 1_000_000,
  },
};
