"""Writes how transformers turns positions by every kind of rope_parameters: test/data/rope-frequencies.json.

    python list_rope_frequencies.py > ../test/data/rope-frequencies.json && npx biome check --write ../test/data
"""

import json

import transformers
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

SHAPES = [{"head_dim": 8, "max_position_embeddings": 64}, {"head_dim": 64, "max_position_embeddings": 32768}]
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
ROPES = [
    {"rope_type": "default", "rope_theta": 10000.0},
    {"rope_type": "default", "rope_theta": 1000000.0},
    {"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0},
    {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0},
    {**LLAMA3, "rope_theta": 500000.0, "original_max_position_embeddings": 8192},
    {**LLAMA3, "rope_theta": 500000.0, "original_max_position_embeddings": 32},
    {"rope_type": "yarn", "factor": 4.0, "rope_theta": 1000000.0, "original_max_position_embeddings": 8192},
    {"rope_type": "yarn", "factor": 4.0, "rope_theta": 10000.0, "original_max_position_embeddings": 16},
    {
        "rope_type": "yarn",
        "factor": 2.0,
        "rope_theta": 10000.0,
        "original_max_position_embeddings": 32,
        "beta_fast": 8.0,
        "beta_slow": 2.0,
        "truncate": False,
        "mscale": 1.0,
        "mscale_all_dim": 0.5,
    },
    {
        "rope_type": "yarn",
        "factor": 8.0,
        "rope_theta": 10000.0,
        "original_max_position_embeddings": 64,
        "attention_factor": 1.25,
    },
]


def turning(shape, rope):
    config = transformers.LlamaConfig(
        hidden_size=shape["head_dim"], num_attention_heads=1, rope_parameters=dict(rope), **shape
    )
    embedding = LlamaRotaryEmbedding(config)
    return {
        **shape,
        "rope_parameters": rope,
        "frequencies": embedding.inv_freq.double().tolist(),
        "scale": embedding.attention_scaling,
    }


turnings = [turning(shape, rope) for shape in SHAPES for rope in ROPES]
print(json.dumps({"transformers": transformers.__version__, "turnings": turnings}))
