"""The peer of bench/step/child.ts: the same steps in plain PyTorch, with the model of transformers and AdamW of torch.

usage: peer.py STEP_JOB. Prints StepTimes, both as shape.ts has them.
"""
import json, os, resource, sys, time, zlib

import numpy as np
import torch
from transformers import AutoConfig, AutoModel

WARM_UP = 2
job = json.loads(sys.argv[1])
rows, tokens, k = job["rows"], job["tokens"], job["k"]
torch.set_num_threads(job["threads"])
torch.set_default_device(job["device"])
config = AutoConfig.for_model(**job["config"])
bert = config.model_type == "bert"


def draw(name, tensor):
    """Of norms 1, of biases 0, of matrices an integer hash of name and place within 0.04, a piece at a time."""
    flat = tensor.data.view(-1)
    if tensor.dim() == 1:
        flat.fill_(1.0 if name.endswith(".weight") else 0.0)
        return
    seed, piece = zlib.crc32(name.encode()), 1 << 20
    for at in range(0, flat.numel(), piece):
        count = min(piece, flat.numel() - at)
        x = np.arange(at + seed, at + seed + count, dtype=np.uint64).astype(np.uint32)
        for _ in range(2):
            x = (x ^ (x >> np.uint32(16))) * np.uint32(0x45D9F3B)
        x ^= x >> np.uint32(16)
        flat[at : at + count] = torch.from_numpy((0.08 * (x / 2**32 - 0.5)).astype(np.float32))


model = AutoModel.from_config(config, **({"add_pooling_layer": False} if bert else {}))
for name, tensor in model.named_parameters():
    draw(name, tensor)
head = torch.nn.Linear(config.hidden_size, 1)
draw("score.weight", head.weight)
draw("score.bias", head.bias)
if job["mode"] == "lora":
    from peft import LoraConfig, get_peft_model
    model = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["q_proj", "v_proj"]))
if job["recompute"] == "layers":
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
model.train()
parameters = [p for p in [*model.parameters(), *head.parameters()] if p.requires_grad]
optimizer = torch.optim.AdamW(parameters, lr=1e-5, weight_decay=0.01)

ids = (torch.arange(rows * tokens).view(rows, tokens) * 7919) % config.vocab_size
inputs = {"input_ids": ids, "attention_mask": torch.ones(rows, tokens, dtype=torch.long)}
if bert:
    inputs["token_type_ids"] = (torch.arange(tokens) * 2 >= tokens).long().expand(rows, tokens)
better, worse = torch.triu_indices(k, k, 1)


def pool(hidden):
    """Rows are of one length, so that the last place of each is its last token's."""
    if job["pooling"] != "mean":
        return hidden[:, 0 if job["pooling"] == "cls" else -1]
    mask = inputs["attention_mask"][..., None]
    return (hidden * mask).sum(1) / mask.sum(1)


def step():
    with torch.autocast(job["device"], dtype=torch.bfloat16, enabled=job["precision"] == "bfloat16"):
        hidden = model(**inputs).last_hidden_state
    rewards = head(pool(hidden.float()))[:, 0].view(-1, k)
    loss = -torch.nn.functional.logsigmoid(rewards[:, better] - rewards[:, worse]).mean(1).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


milliseconds, processor, first_loss = [], [], 0.0
with open("/proc/self/statm") as statm:
    rest = int(statm.read().split()[1]) * resource.getpagesize() / 2**20
for run in range(WARM_UP + job["runs"]):
    began, used = time.perf_counter(), time.process_time()
    loss = step()
    elapsed, spent = time.perf_counter() - began, time.process_time() - used
    if run == 0:
        first_loss = loss
    if run >= WARM_UP:
        milliseconds.append(1000 * elapsed)
        processor.append(1000 * spent)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
times = {"milliseconds": milliseconds, "processor": processor, "firstLoss": first_loss}
print(json.dumps({**times, "restMiB": rest, "peakMiB": peak}))
