"""Draws small configs of every architecture that Borda has: other shapes and other fields with every seed."""

from transformers import CONFIG_MAPPING

MODEL_TYPES = (
    "bert distilbert roberta electra modernbert deberta-v2 gpt_neox gpt2 llama mistral qwen2 qwen3 gemma2".split()
)


def draw_config(model_type, draw):
    """A config of `model_type`, in which the random.Random `draw` decides whatever the architecture leaves open."""
    fields = OWN_FIELDS[model_type](draw)
    common = dict(
        vocab_size=draw.choice([61, 96, 120]),
        bos_token_id=1,
        eos_token_id=2,
        num_labels=1,
        initializer_range=0.2,
    )
    return CONFIG_MAPPING[model_type](**{**common, **fields})


def encoder(draw, **own):
    heads = draw.choice([1, 2, 3, 4])
    return {
        **dict(
            hidden_size=heads * draw.choice([4, 5, 8]),
            num_attention_heads=heads,
            num_hidden_layers=draw.choice([1, 2, 3, 4]),
            intermediate_size=draw.choice([17, 32, 50]),
            hidden_act=draw.choice(["gelu", "gelu_new", "relu", "silu"]),
            max_position_embeddings=40,
            type_vocab_size=draw.choice([1, 2, 3]),
            layer_norm_eps=draw.choice([1e-12, 1e-5, 1e-2]),
            pad_token_id=draw.choice([0, 3]),
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        ),
        **own,
    }


def distilbert(draw):
    heads = draw.choice([1, 2, 3, 4])
    return dict(
        dim=heads * draw.choice([4, 6]),
        n_heads=heads,
        n_layers=draw.choice([1, 3, 4]),
        hidden_dim=draw.choice([17, 40]),
        activation=draw.choice(["gelu", "relu"]),
        sinusoidal_pos_embds=draw.choice([True, False]),
        max_position_embeddings=40,
        pad_token_id=draw.choice([0, 3]),
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
    )


def deberta(draw):
    return encoder(
        draw,
        type_vocab_size=draw.choice([0, 2]),
        relative_attention=draw.choice([True, True, False]),
        pos_att_type=draw.choice(["c2p", "p2c", "p2c|c2p", ["c2p", "p2c"]]),
        position_buckets=draw.choice([-1, 4, 8, 256]),
        max_relative_positions=draw.choice([-1, 12, 40]),
        norm_rel_ebd=draw.choice(["none", "layer_norm"]),
        share_att_key=draw.choice([True, False]),
        position_biased_input=draw.choice([True, False]),
        conv_kernel_size=draw.choice([0, 3, 5]),
        conv_act=draw.choice(["tanh", "gelu"]),
        pooler_hidden_act=draw.choice(["gelu", "tanh"]),
        cls_dropout=0.0,
    )


def modernbert(draw):
    heads = draw.choice([1, 2, 3])
    layers = draw.choice([2, 3, 4])
    every = draw.choice([{}, {"global_attn_every_n_layers": draw.choice([1, 2, 4])}])
    kinds = ["full_attention", "sliding_attention"]
    ropes = {kind: draw_rope(draw, 40) for kind in kinds}
    return dict(
        hidden_size=heads * draw.choice([4, 8]),
        num_attention_heads=heads,
        num_hidden_layers=layers,
        intermediate_size=draw.choice([17, 40]),
        hidden_activation=draw.choice(["gelu", "silu"]),
        max_position_embeddings=40,
        norm_bias=draw.choice([True, False]),
        attention_bias=draw.choice([True, False]),
        mlp_bias=draw.choice([True, False]),
        local_attention=draw.choice([2, 3, 4, 6, 128]),
        classifier_pooling=draw.choice(["cls", "mean"]),
        classifier_bias=draw.choice([True, False]),
        pad_token_id=draw.choice([0, 3]),
        cls_token_id=1,
        sep_token_id=2,
        **draw.choice([every, {"layer_types": [draw.choice(kinds) for _ in range(layers)]}]),
        **draw.choice([{}, {"rope_parameters": ropes}]),
    )


def draw_rope(draw, positions):
    """rope_parameters of a type that does not depend on the batch."""
    theta = {"rope_theta": draw.choice([100.0, 10000.0, 500000.0])}
    return draw.choice(
        [
            {"rope_type": "default", **theta},
            {"rope_type": "linear", "factor": 2.5, **theta},
            {"rope_type": "dynamic", "factor": 2.0, **theta},
            {
                "rope_type": "llama3",
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": positions // 2,
                **theta,
            },
            {
                "rope_type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": positions // 4,
                **draw.choice([{}, {"truncate": False}, {"mscale": 1.0, "mscale_all_dim": 0.7}]),
                **draw.choice([{}, {"beta_fast": 4.0, "beta_slow": 0.5}, {"attention_factor": 1.3}]),
                **theta,
            },
        ]
    )


def decoder(draw, **own):
    groups = draw.choice([1, 2, 3])
    heads = groups * draw.choice([1, 2, 3])
    return {
        **dict(
            hidden_size=heads * 4,
            num_attention_heads=heads,
            num_key_value_heads=groups,
            head_dim=draw.choice([4, 6, 8]),
            num_hidden_layers=draw.choice([1, 2, 3, 4]),
            intermediate_size=draw.choice([17, 40]),
            max_position_embeddings=40,
            rms_norm_eps=draw.choice([1e-6, 1e-3]),
            pad_token_id=draw.choice([0, 2]),
            attention_dropout=0.0,
            **draw.choice(
                [
                    {"rope_parameters": draw_rope(draw, 40)},
                    {"rope_theta": 1000.0, "rope_scaling": {"type": "linear", "factor": 3.0}},
                ]
            ),
        ),
        **own,
    }


def windowed(draw, **own):
    """Qwen's windows: from a layer on, or by layer_types, or none."""
    fields = decoder(draw, **own)
    kinds = [draw.choice(["full_attention", "sliding_attention"]) for _ in range(fields["num_hidden_layers"])]
    windows = [
        {"use_sliding_window": False, "sliding_window": 3, "max_window_layers": 0},
        {"use_sliding_window": True, "sliding_window": 3, "max_window_layers": draw.choice([0, 1])},
        {"use_sliding_window": True, "sliding_window": 2, "layer_types": kinds},
    ]
    return {**fields, **draw.choice(windows)}


def gpt_neox(draw):
    heads = draw.choice([1, 2, 3])
    rope = draw_rope(draw, 40)
    return dict(
        hidden_size=heads * 8,
        num_attention_heads=heads,
        num_hidden_layers=draw.choice([1, 2, 3, 4]),
        intermediate_size=draw.choice([17, 40]),
        hidden_act=draw.choice(["gelu", "gelu_fast"]),
        max_position_embeddings=40,
        use_parallel_residual=draw.choice([True, False]),
        attention_bias=draw.choice([True, False]),
        pad_token_id=draw.choice([0, 2]),
        hidden_dropout=0.0,
        classifier_dropout=0.0,
        **draw.choice(
            [
                {"rotary_pct": draw.choice([0.25, 0.5, 1.0]), "rotary_emb_base": 1000},
                {"rope_parameters": {**rope, "partial_rotary_factor": draw.choice([0.5, 1.0])}},
            ]
        ),
    )


def gpt2(draw):
    heads = draw.choice([1, 2, 3])
    return dict(
        n_embd=heads * draw.choice([4, 5, 8]),
        n_head=heads,
        n_layer=draw.choice([1, 2, 3, 4]),
        n_inner=draw.choice([None, 17]),
        n_positions=40,
        activation_function=draw.choice(["gelu_new", "relu"]),
        scale_attn_weights=draw.choice([True, False]),
        scale_attn_by_inverse_layer_idx=draw.choice([True, False]),
        pad_token_id=draw.choice([0, 2]),
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )


def gemma2(draw):
    fields = decoder(
        draw,
        sliding_window=draw.choice([2, 3, 40]),
        query_pre_attn_scalar=draw.choice([3, 8, 256]),
        attn_logit_softcapping=draw.choice([None, 2.0, 50.0]),
        final_logit_softcapping=draw.choice([None, 1.0]),
        attention_bias=draw.choice([True, False]),
    )
    kinds = [draw.choice(["full_attention", "sliding_attention"]) for _ in range(fields["num_hidden_layers"])]
    return {**fields, **draw.choice([{}, {"layer_types": kinds}])}


OWN_FIELDS = {
    "bert": encoder,
    "roberta": encoder,
    "electra": lambda draw: encoder(draw, embedding_size=draw.choice([4, 7, 24]), classifier_dropout=0.0),
    "distilbert": distilbert,
    "modernbert": modernbert,
    "deberta-v2": deberta,
    "gpt_neox": gpt_neox,
    "gpt2": gpt2,
    "llama": lambda draw: decoder(draw, attention_bias=draw.choice([True, False]), mlp_bias=draw.choice([True, False])),
    "mistral": lambda draw: decoder(draw, sliding_window=draw.choice([None, 2, 3, 40])),
    "qwen2": windowed,
    "qwen3": lambda draw: windowed(draw, attention_bias=draw.choice([True, False])),
    "gemma2": gemma2,
}
