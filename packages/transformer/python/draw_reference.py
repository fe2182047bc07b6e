"""Draws reference folders for `borda parity`: small random models, and what PyTorch and transformers compute with them.

    npm run -s reference -- --seed 7 --out DIR [--draws 3] [MODEL_TYPE...]
    npm run -s borda -- parity DIR

Each folder is a checkpoint as save_pretrained writes it, with reference.json and reference.safetensors beside it, and a LoRA
adapter of peft in lora/. Everything follows from the seed. Figures are computed in float64 unless told otherwise, so that
what differs is the engine's own rounding, and stored in float32.
"""

import argparse
import json
import random
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

from adapters import save_adapter
from batch import draw_batch, loss_of, position_arguments, pool
from configs import MODEL_TYPES, draw_config

BETA = 0.01
ADAMW = {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01, "max_grad_norm": 1.0}


def draw_folder(model_type, seed, folder, dtype):
    draw = random.Random(f"{model_type} {seed}")
    torch.manual_seed(draw.getrandbits(32))
    config = draw_config(model_type, draw)
    model = transformers.AutoModelForSequenceClassification.from_config(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms start at 0 and 1, where a wrong one would not be seen
            parameter.add_(0.1 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    batch = draw_batch(draw, config)
    if model_type == "gemma2":
        dtype = torch.float32  # its softmax is float32's, in which float64's mask of a row that sees nothing is NaN
    model.to(dtype)
    head = {"head.weight": torch.randn(config.hidden_size).to(dtype), "head.bias": torch.randn(1).to(dtype)}
    tensors = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, **head}
    with torch.no_grad():
        states = hidden_states(model.base_model, batch)
        tensors["hidden"] = states * batch.attention_mask[..., None]
        tensors.update(logits(model, batch))
    pooled = {}
    for pooling in ("mean", "last", "cls"):
        pooled[pooling], found = train_once(model.base_model, head, batch, pooling)
        tensors.update({f"{pooling}.{name}": tensor for name, tensor in found.items()})
    figures = {
        "group_lengths": batch.group_lengths,
        "pairs": batch.pairs,
        "beta": BETA,
        "pad_token_id": config.pad_token_id,
        "adamw": ADAMW,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "pooled": pooled,
    }
    write(folder, figures, tensors)
    rewards_of = lambda base: reward(base, head, batch, "last")
    logits_of = lambda whole: logits(whole, batch)
    write(folder / "lora", *save_adapter(model, draw, folder / "lora", rewards_of, batch, logits_of, BETA))


def train_once(base, head, batch, pooling):
    """Loss and norm of the gradient, and by name: rewards, gradients, and all parameters after one update."""
    weights = {name: value.detach().clone() for name, value in base.named_parameters()}
    own_head = {name: torch.nn.Parameter(value.clone()) for name, value in head.items()}
    base.zero_grad(set_to_none=True)
    rewards = reward(base, own_head, batch, pooling)
    loss = loss_of(rewards, batch, BETA)
    loss.backward()
    parameters = {**dict(base.named_parameters()), **own_head}
    trained = {name: value for name, value in parameters.items() if value.grad is not None}
    found = {"rewards": rewards.detach()}
    found.update({f"grad.{name}": value.grad.clone() for name, value in trained.items()})
    norm = torch.nn.utils.clip_grad_norm_(trained.values(), ADAMW["max_grad_norm"])
    settings = {key: value for key, value in ADAMW.items() if key != "max_grad_norm"}
    torch.optim.AdamW(trained.values(), **settings).step()
    found.update({f"step.{name}": value.detach().clone() for name, value in trained.items()})
    with torch.no_grad():
        for name, value in base.named_parameters():
            value.copy_(weights[name])
    return {"loss": loss.item(), "grad_norm": norm.item()}, found


def reward(base, head, batch, pooling):
    return pool(hidden_states(base, batch), batch.attention_mask, pooling) @ head["head.weight"] + head["head.bias"]


def hidden_states(base, batch):
    return base(**arguments(base, batch)).last_hidden_state


def arguments(model, batch):
    positions = position_arguments(model.config, batch)
    return {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, **positions}


def logits(model, batch):
    """By transformers' own head; none where it reads padding, as heads on the first column of rows padded on the left."""
    reads_first = model.config.model_type in {"bert", "distilbert", "roberta", "electra", "deberta-v2"}
    reads_first |= getattr(model.config, "classifier_pooling", None) == "cls"
    if reads_first and batch.side == "left":
        return {}
    with torch.no_grad():
        return {"sequence_classification_logits": model(**arguments(model, batch)).logits[:, 0]}


def write(folder, figures, tensors):
    (folder / "reference.json").write_text(json.dumps(figures))
    stored = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    save_file({name: tensor.contiguous() for name, tensor in stored.items()}, folder / "reference.safetensors")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model_types", nargs="*", metavar="MODEL_TYPE", help=f"of {', '.join(MODEL_TYPES)}; all if none")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--draws", type=int, default=1, help="folders of each architecture")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=["float32", "float64"], default="float64", help="of the computation")
    flags = parser.parse_args()
    for model_type in flags.model_types or MODEL_TYPES:
        for index in range(flags.draws):
            seed = flags.seed + index
            draw_folder(model_type, seed, flags.out / f"{model_type}-{seed}", getattr(torch, flags.precision))
            print(f"{flags.out}/{model_type}-{seed}")
