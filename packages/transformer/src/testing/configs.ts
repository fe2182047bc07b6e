import fc from "fast-check";

/** Small configs of every architecture, with whatever they may vary. Vocabulary 11, ids 3 to 10 are text, 0 to 2 special. */
export const vocabulary = 11;

const layers = fc.integer({ min: 1, max: 3 });
const heads = fc.constantFrom(1, 2, 3);
const wide = fc.constantFrom(5, 8);
const flag = fc.boolean();
const window = fc.constantFrom(1, 2, 3, 100);
const encoderActivation = fc.constantFrom("gelu", "gelu_new", "relu", "silu");

const bertLike = (modelType: string, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc
    .record({ num_hidden_layers: layers, num_attention_heads: heads, headSize: fc.constantFrom(4, 5), ...more })
    .chain(({ headSize, ...config }) =>
      fc.record({ intermediate_size: wide, hidden_act: encoderActivation }).map((sizes) => ({
        model_type: modelType,
        vocab_size: vocabulary,
        hidden_size: config.num_attention_heads * headSize,
        max_position_embeddings: 16,
        type_vocab_size: 2,
        pad_token_id: 1,
        ...sizes,
        ...config,
      })),
    );

const rope = fc.constantFrom(
  { rope_parameters: { rope_type: "default", rope_theta: 100 } },
  { rope_theta: 50, rope_scaling: { type: "linear", factor: 2 } },
  { rope_scaling: { type: "dynamic", factor: 2 } },
  { rope_theta: 100, rope_scaling: { rope_type: "yarn", factor: 4, original_max_position_embeddings: 4 } },
  {
    rope_theta: 500,
    rope_scaling: {
      rope_type: "llama3",
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8,
    },
  },
);

const decoder = (modelType: string, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc
    .record({
      num_hidden_layers: layers,
      groups: fc.constantFrom(1, 2),
      shared: fc.constantFrom(1, 2, 3),
      head_dim: fc.constantFrom(2, 4),
      intermediate_size: wide,
      rope,
      ...more,
    })
    .map(({ groups, shared, rope, ...config }) => ({
      model_type: modelType,
      vocab_size: vocabulary,
      hidden_size: groups * shared * 4,
      num_attention_heads: groups * shared,
      num_key_value_heads: groups,
      max_position_embeddings: 16,
      pad_token_id: 1,
      ...rope,
      ...config,
    }));

const qwen = (modelType: string) =>
  decoder(modelType, {
    use_sliding_window: flag,
    sliding_window: window,
    max_window_layers: fc.constantFrom(0, 1, 9),
  });

export const configs: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  bert: bertLike("bert"),
  roberta: bertLike("roberta", { type_vocab_size: fc.constantFrom(1, 2), max_position_embeddings: fc.constant(18) }),
  electra: bertLike("electra", { embedding_size: fc.constantFrom(4, 7) }),
  distilbert: fc
    .record({ n_layers: layers, n_heads: heads, headSize: fc.constantFrom(4, 5), hidden_dim: wide })
    .map(({ headSize, ...config }) => ({
      model_type: "distilbert",
      vocab_size: vocabulary,
      max_position_embeddings: 16,
      dim: headSize * config.n_heads,
      ...config,
    })),
  modernbert: fc
    .record({
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: wide,
      norm_bias: flag,
      attention_bias: flag,
      mlp_bias: flag,
      classifier_bias: flag,
      classifier_pooling: fc.constantFrom("cls", "mean"),
      local_attention: fc.constantFrom(1, 2, 4, 100),
      global_attn_every_n_layers: fc.constantFrom(1, 2, 3),
    })
    .map((config) => ({
      model_type: "modernbert",
      vocab_size: vocabulary,
      pad_token_id: 1,
      max_position_embeddings: 16,
      hidden_size: 4 * config.num_attention_heads,
      ...config,
    })),
  "deberta-v2": bertLike("deberta-v2", {
    type_vocab_size: fc.constantFrom(0, 2),
    relative_attention: flag,
    position_biased_input: flag,
    share_att_key: flag,
    pos_att_type: fc.constantFrom("c2p", "p2c", "p2c|c2p", ["c2p", "p2c"]),
    position_buckets: fc.constantFrom(-1, 4, 6),
    max_relative_positions: fc.constantFrom(-1, 12),
    norm_rel_ebd: fc.constantFrom("none", "layer_norm"),
    conv_kernel_size: fc.constantFrom(0, 1, 3),
    embedding_size: fc.constantFrom(3, 6),
  }),
  gpt_neox: fc
    .record({
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: wide,
      rotary_pct: fc.constantFrom(0.5, 1),
      use_parallel_residual: flag,
      attention_bias: flag,
    })
    .map((config) => ({
      model_type: "gpt_neox",
      vocab_size: vocabulary,
      max_position_embeddings: 16,
      hidden_size: 4 * config.num_attention_heads,
      pad_token_id: 1,
      ...config,
    })),
  gpt2: fc
    .record({
      n_layer: layers,
      n_head: heads,
      n_inner: fc.constantFrom(null, 5),
      scale_attn_weights: flag,
      scale_attn_by_inverse_layer_idx: flag,
    })
    .map((config) => ({
      model_type: "gpt2",
      vocab_size: vocabulary,
      n_positions: 16,
      n_embd: 5 * config.n_head,
      pad_token_id: 1,
      ...config,
    })),
  llama: decoder("llama", { attention_bias: flag, mlp_bias: flag }),
  mistral: decoder("mistral", { sliding_window: fc.constantFrom(null, 1, 3) }),
  qwen2: qwen("qwen2"),
  qwen3: qwen("qwen3"),
  gemma2: decoder("gemma2", {
    attention_bias: flag,
    query_pre_attn_scalar: fc.constantFrom(2, 8),
    sliding_window: window,
    attn_logit_softcapping: fc.constantFrom(null, 2, 50),
  }),
};
