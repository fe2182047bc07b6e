import { z } from "zod";
import { withoutEffect } from "./config-effect";

/** A count of something that a model has. */
export const size = z.number().int().positive();
export const epsilon = z.number().nonnegative();
export const flag = z.boolean();
/** The id of a special token that the computation asks for. */
export const tokenId = z.number().int().nonnegative();
const tokenIds = z.union([z.number().int(), z.array(z.number().int())]).nullish();
const text = z.string().nullish();
const count = z.number().nullish();
const anything = z.unknown().optional();

/** Fields of config.json that say something about the checkpoint and nothing about the computation. */
export const checkpointFields = withoutEffect("about the checkpoint", {
  _name_or_path: text,
  _commit_hash: text,
  architectures: z.array(z.string()).nullish(),
  finetuning_task: text,
  id2label: z.record(z.string(), z.string()).nullish(),
  label2id: z.record(z.string(), z.number()).nullish(),
  // A head of another number of labels is no reward; its tensors are left out, and a config that insists is refused.
  num_labels: z.literal(1).optional(),
  problem_type: text,
  tokenizer_class: text,
  transformers_version: text,
});

const storage = withoutEffect("of storage: Borda computes in float32", { dtype: text, torch_dtype: text });

const generation = withoutEffect("of generation", {
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
  sep_token_id: tokenIds,
  decoder_start_token_id: tokenIds,
  cache_implementation: text,
  output_past: flag.optional(),
  prefix: text,
  task_specific_params: anything,
  use_cache: flag.optional(),
  // Parameters of GenerationConfig, which configs held before there was a generation_config.json.
  bad_words_ids: anything,
  begin_suppress_tokens: anything,
  diversity_penalty: count,
  do_sample: flag.nullish(),
  early_stopping: anything,
  encoder_no_repeat_ngram_size: count,
  exponential_decay_length_penalty: anything,
  forced_bos_token_id: tokenIds,
  forced_eos_token_id: tokenIds,
  length_penalty: count,
  max_length: count,
  max_new_tokens: count,
  min_length: count,
  no_repeat_ngram_size: count,
  num_beam_groups: count,
  num_beams: count,
  num_return_sequences: count,
  output_scores: flag.nullish(),
  remove_invalid_values: flag.nullish(),
  repetition_penalty: count,
  return_dict_in_generate: flag.nullish(),
  suppress_tokens: anything,
  temperature: count,
  top_k: count,
  top_p: count,
  typical_p: count,
});

const returned = withoutEffect("of what transformers returns beside hidden states", {
  output_attentions: flag.nullish(),
  output_hidden_states: flag.nullish(),
  return_dict: flag.nullish(),
  torchscript: flag.optional(),
});

/** Reasons that several architectures give. */
export const languageModelHead = "of a language model's head, which a reward model does not have";
export const multipleChoiceHead = "of the head for multiple choice, which a reward model does not have";
export const firstDraw = "of how weights were first drawn";

/** What transformers may write for every architecture. Where another value would change hidden states it is refused. */
export const generalFields = {
  ...checkpointFields,
  ...storage,
  ...generation,
  ...returned,
  ...withoutEffect("of memory: the same sums in another order", {
    chunk_size_feed_forward: count,
    gradient_checkpointing: flag.optional(),
  }),
  ...withoutEffect(firstDraw, { initializer_range: count }),
  ...withoutEffect(languageModelHead, { tie_word_embeddings: flag.nullish() }),
  ...withoutEffect("of other frameworks", { tf_legacy_loss: flag.optional(), use_bfloat16: flag.optional() }),
  add_cross_attention: z.literal(false).optional(),
  cross_attention_hidden_size: z.null().optional(),
  is_decoder: z.literal(false).optional(),
  is_encoder_decoder: z.literal(false).optional(),
  pruned_heads: z.union([z.strictObject({}), z.tuple([])]).nullish(),
  tie_encoder_decoder: z.literal(false).optional(),
} as const;

/** Dropout belongs to a training and not to the model: what it scores with does not depend on these. */
export function dropouts<const Names extends readonly string[]>(...names: Names) {
  const rates = Object.fromEntries(names.map((name) => [name, count])) as { [Name in Names[number]]: typeof count };
  return withoutEffect("of training, where the recipe says what is dropped out", rates);
}

/** Whether each layer attends to all or through the sliding window, one entry a layer. */
export const layerTypes = z.array(z.enum(["full_attention", "sliding_attention"])).nullish();

/** Refuses a field of a config, by its path in config.json, in a schema's `check`. */
export function refuse(
  { value, issues }: z.core.ParsePayload<unknown>,
  path: readonly string[],
  message: string,
): void {
  issues.push({ code: "custom", input: value, path: [...path], message });
}
