"""The peer of bench/scoring/child.ts: transformers in PyTorch, several batch sizes tried, the fastest told.

usage: peer.py SCORING_JOB. Prints a list of Scored, both as job.ts has them. Every workload is scored twice over: with the
rows in the order in which they come, and under NAME, sorted, with the rows sorted by length first.
"""
import json, os, sys, time

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
folder = job["checkpoint"]
pooling = json.load(open(os.path.join(folder, "borda.json")))["pooling"]
assert pooling == "mean", f"this peer takes the mean, and the checkpoint {pooling}"
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
weights = load_file(os.path.join(folder, "model.safetensors"))
head, bias = weights["score.weight"][0], weights["score.bias"]


@torch.inference_mode()
def rewards_of(rows, order, size):
    rewards = [0.0] * len(rows)
    for at in range(0, len(order), size):
        batch = order[at : at + size]
        inputs = tokenizer([rows[i][0] for i in batch], [rows[i][1] for i in batch], padding=True, return_tensors="pt")
        mask = inputs["attention_mask"][..., None]
        hidden = model(**inputs).last_hidden_state
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        for i, reward in zip(batch, (pooled @ head + bias).tolist()):
            rewards[i] = reward
    return rewards


def scored(name, rows, order):
    rewards_of(rows, order[:4], 4)
    best = None
    for size in (4, 16, 64):
        for _ in range(job["passes"]):
            began, used = time.perf_counter(), time.process_time()
            rewards = rewards_of(rows, order, size)
            seconds, processor = time.perf_counter() - began, time.process_time() - used
            if best is None or seconds < best["seconds"]:
                best = {"name": name, "seconds": seconds, "processor": processor, "rewards": rewards, "way": f"batches of {size}"}
    return best


found = []
for workload in json.load(open(job["workloads"])):
    rows = [(group["prompt"], completion) for group in workload["groups"] for completion in group["completions"]]
    as_they_come = list(range(len(rows)))
    found.append(scored(workload["name"], rows, as_they_come))
    if workload["name"] == "mixed":
        by_length = sorted(as_they_come, key=lambda i: len(rows[i][0]) + len(rows[i][1]))
        found.append(scored("mixed, sorted", rows, by_length))
print(json.dumps(found))
