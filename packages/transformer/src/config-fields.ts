import { z } from "zod";

/** A count of something that a model has. */
export const size = z.number().int().positive();
export const epsilon = z.number().nonnegative();
export const tokenId = z.number().int().nonnegative().nullish();
const tokenIds = z.union([z.number().int(), z.array(z.number().int())]).nullish();
const rate = z.number().nullish();

/** Fields of config.json that say something about the checkpoint and nothing about the computation. */
export const checkpointFields = {
  _name_or_path: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  num_labels: z.literal(1).optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  label2id: z.record(z.string(), z.number()).optional(),
  problem_type: z.string().nullish(),
  dtype: z.string().nullish(),
  torch_dtype: z.string().nullish(),
  transformers_version: z.string().optional(),
} as const;

/**
 * What transformers writes for tasks and machines that Borda's are not: generation, caches, attention maps, how weights
 * were first drawn. Where another value would change hidden states it is refused.
 */
export const generalFields = {
  ...checkpointFields,
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
  chunk_size_feed_forward: z.number().optional(),
  finetuning_task: z.string().nullish(),
  gradient_checkpointing: z.boolean().optional(),
  initializer_range: z.number().optional(),
  is_encoder_decoder: z.literal(false).optional(),
  output_attentions: z.boolean().optional(),
  output_hidden_states: z.boolean().optional(),
  output_past: z.boolean().optional(),
  return_dict: z.boolean().optional(),
  task_specific_params: z.unknown().optional(),
  tie_word_embeddings: z.boolean().optional(),
  use_cache: z.boolean().optional(),
} as const;

/** A model that attends to nothing but its own row. */
export const selfContained = {
  add_cross_attention: z.literal(false).optional(),
  is_decoder: z.literal(false).optional(),
} as const;

/** Dropout belongs to a training and not to the model: Borda trains and scores without, whatever these say. */
export function dropouts<const Names extends readonly string[]>(...names: Names) {
  return Object.fromEntries(names.map((name) => [name, rate])) as { [Name in Names[number]]: typeof rate };
}

/** Whether each layer attends to all or through the sliding window, one entry a layer. */
export const layerTypes = z.array(z.enum(["full_attention", "sliding_attention"])).nullish();

/** Names of the fields of a parsed config that change no hidden state, whatever they say. */
export function isNeutral(field: string): boolean {
  return field in generalFields || /dropout|_pdrop$/.test(field);
}
