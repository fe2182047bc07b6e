"""Writes the fields of transformers' configs and their defaults: test/data/transformers-configs.json.

    python list_config_fields.py > ../test/data/transformers-configs.json && npx biome check --write ../test/data
"""

import dataclasses
import json

import transformers

MODEL_TYPES = (
    "bert distilbert roberta electra modernbert deberta-v2 gpt_neox gpt2 llama mistral qwen2 qwen3 gemma2".split()
)


def defaults(model_type):
    fields = dataclasses.fields(transformers.CONFIG_MAPPING[model_type])
    return {field.name: field.default for field in sorted(fields, key=lambda field: field.name)}


configs = {model_type: defaults(model_type) for model_type in MODEL_TYPES}
print(json.dumps({"transformers": transformers.__version__, "configs": configs}, indent=1))
