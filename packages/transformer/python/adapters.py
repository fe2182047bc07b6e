"""LoRA adapters of peft on a drawn model, each kind of which Borda reads."""

import torch
from peft import LoraConfig, TaskType, get_peft_model

from batch import loss_of

#: Names of linear layers by architecture: those of attention, and one beside it.
TARGETS = {
    "bert": ["query", "value", "intermediate.dense"],
    "roberta": ["query", "key", "output.dense"],
    "electra": ["query", "value", "intermediate.dense"],
    "distilbert": ["q_lin", "v_lin", "lin1"],
    "modernbert": ["Wqkv", "Wo", "Wi"],
    "deberta-v2": ["query_proj", "value_proj", "intermediate.dense"],
    "gpt_neox": ["query_key_value", "dense_h_to_4h", "dense"],
    "gpt2": ["c_attn", "c_fc", "c_proj"],
    "llama": ["q_proj", "v_proj", "down_proj"],
    "mistral": ["q_proj", "v_proj", "up_proj"],
    "qwen2": ["q_proj", "k_proj", "gate_proj"],
    "qwen3": ["q_proj", "o_proj", "gate_proj"],
    "gemma2": ["q_proj", "v_proj", "up_proj"],
}


def save_adapter(model, draw, folder, reward, batch, logits, beta):
    """Saves an adapter of `model`, or of its base alone; gives reference.json's and reference.safetensors' contents."""
    attention, value, other = TARGETS[model.config.model_type]
    targets = draw.choice([[attention, value], [attention, other], rf".*\.({attention}|{value})", "all-linear"])
    # peft takes DistilBERT's pre_classifier for a classifier to save, and cannot do both to it.
    whole = draw.choice([True, False]) and not (targets == "all-linear" and model.config.model_type == "distilbert")
    layers = [0] if isinstance(targets, list) and whole and draw.choice([True, False]) else None
    config = LoraConfig(
        task_type=TaskType.SEQ_CLS if whole else None,
        r=draw.choice([1, 3, 4]),
        lora_alpha=draw.choice([2, 8]),
        target_modules=targets,
        use_rslora=draw.choice([True, False]),
        fan_in_fan_out=model.config.model_type == "gpt2",
        rank_pattern=draw.choice([{}, {attention: 2}]),
        alpha_pattern=draw.choice([{}, {attention: 5}, {rf"^.*\.{value}": 3}]),
        layers_to_transform=layers,
    )
    adapted = get_peft_model(model if whole else model.base_model, config)
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name or "modules_to_save" in name:
                parameter.copy_(0.1 * torch.randn(parameter.shape))
    rewards = reward(model.base_model)  # peft puts its layers into the model itself
    loss = loss_of(rewards, batch, beta)
    loss.backward()
    tensors = {"rewards": rewards.detach()}
    for name, parameter in adapted.named_parameters():
        if parameter.grad is not None and "lora_" in name:
            tensors[f"grad.{name}"] = parameter.grad.clone()
    if whole:
        tensors.update(logits(adapted))
    adapted.float().save_pretrained(folder)
    adapted.unload()
    return {"loss": loss.item(), "pooling": "last"}, tensors
