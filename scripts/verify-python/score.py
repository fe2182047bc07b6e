"""Rewards of rows by the libraries that open a Borda checkpoint in Python.

usage: score.py CHECKPOINT ROWS.json

Prints one JSON line: [{library, rewards, exact, fault?}]. Read it as the shortest way to use a checkpoint from Python.
"""

import json
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is in the folder
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")  # float32 on the CPU, to the last digit

import numpy as np
import onnxruntime
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging

logging.set_verbosity_error()
folder, rows_file = sys.argv[1:]
with open(os.path.join(folder, "borda.json")) as file:
    info = json.load(file)
with open(rows_file) as file:
    rows = json.load(file)
tokenizer = AutoTokenizer.from_pretrained(folder)


def encode(row):
    """Token ids (and segments) of one row, at most maxLength: a longer prompt loses its beginning."""
    if info["row"] == "pair":
        cut = {"truncation": "only_first", "max_length": info["maxLength"]}
        tokenizer.truncation_side = "left"
        return dict(tokenizer(row["first"], row["completion"], **cut))
    if info["row"] == "chat":
        text = tokenizer.apply_chat_template(row["messages"], tokenize=False)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    else:
        ids = tokenizer(row["whole"])["input_ids"]
    kept = 1 if ids[0] == tokenizer.bos_token_id else 0
    if len(ids) > info["maxLength"]:
        ids = ids[:kept] + ids[len(ids) - info["maxLength"] + kept :]
    return {"input_ids": ids, "attention_mask": [1] * len(ids)}


def batch_of(encoded, side="right"):
    """Rows padded to one length, as arrays by the names of a model's inputs."""
    length = max(len(row["input_ids"]) for row in encoded)
    filling = {"input_ids": tokenizer.pad_token_id or 0}

    def padded(name, row):
        missing = [filling.get(name, 0)] * (length - len(row[name]))
        return row[name] + missing if side == "right" else missing + row[name]

    return {name: np.array([padded(name, row) for row in encoded], dtype=np.int64) for name in encoded[0]}


def tensors_of(batch):
    return {name: torch.from_numpy(array) for name, array in batch.items()}


def by_transformers(encoded):
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    model.eval()
    missing = sorted(loading["missing_keys"]) + sorted(map(str, loading["mismatched_keys"]))
    fault = {"fault": f"newly initialised: {', '.join(missing)}"} if missing else {}
    scores = []
    for side in ("right", "left") if info["row"] != "pair" else ("right",):
        batch = batch_of(encoded, side)
        if side == "left":  # transformers counts positions from the row's edge unless it is told otherwise
            batch["position_ids"] = np.maximum(batch["attention_mask"].cumsum(1) - 1, 0)
        with torch.no_grad():
            rewards = model(**tensors_of(batch)).logits[:, 0].tolist()
        scores.append({"library": f"transformers, padded on the {side}", "rewards": rewards, "exact": True, **fault})
    return scores


def by_sentence_transformers(encoded):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")
    fits = [len(row["input_ids"]) < info["maxLength"] for row in encoded]
    inputs = {
        "pair": lambda row: (row["first"], row["completion"]),
        "chat": lambda row: tokenizer.apply_chat_template(row["messages"], tokenize=False),
        "text": lambda row: row["whole"],
    }[info["row"]]
    short = [inputs(row) for row, fit in zip(rows, fits) if fit]
    found = iter(model.encode(short, batch_size=8)[:, 0].tolist())
    with torch.no_grad():
        vectors = model(tensors_of(batch_of(encoded)))["sentence_embedding"]
    return [
        {
            "library": "sentence-transformers, encode",
            "rewards": [next(found) if fit else None for fit in fits],
            "exact": True,
        },
        {"library": "sentence-transformers, ids", "rewards": vectors[:, 0].tolist(), "exact": True},
    ]


def by_onnxruntime(encoded, file, exact):
    session = onnxruntime.InferenceSession(os.path.join(folder, "onnx", file), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    batch = batch_of(encoded)
    logits = session.run(["logits"], {name: batch[name] for name in names})[0]
    return {"library": f"onnxruntime, {file}", "rewards": logits[:, 0].tolist(), "exact": exact}


encoded = [encode(row) for row in rows]
own = {"transformers": by_transformers, "sentence-transformers": by_sentence_transformers}.get(info["opensIn"])
scores = own(encoded) if own else []
scores.append(by_onnxruntime(encoded, "model.onnx", True))
scores.append(by_onnxruntime(encoded, "model_quantized.onnx", False))
print(json.dumps(scores))
