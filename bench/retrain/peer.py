"""The peers of bench/retrain: scikit-learn for a head on known features, plain PyTorch for all weights.

usage: peer.py head ROWS.json FEATURES_FOLDER | peer.py all ROWS.json THREADS
ROWS.json: {"train": [group], "heldOut": [group]}, a group {"rows": [{"ids", "segmentIds"}], "pairs": [[better, worse]]}.
Prints one JSON line. Both count one mean a prompt, as Borda does.
"""
import hashlib, json, resource, sys, time
import numpy as np

started = time.time()
mode, path, last = sys.argv[1:4]
data = json.load(open(path))


def report(seconds, tokens, rest, rewards):
    right = [float(own[i] > own[j]) for own, group in zip(rewards, data["heldOut"]) for i, j in group["pairs"]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "tokensPerSecond": tokens / seconds, "comparisons": sum(len(g["pairs"]) for g in data["train"]),
                      "accuracy": sum(right) / max(1, len(right)), "restMiB": rest, "peakMiB": peak}))


def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) / 1024


def head(folder):
    """Logistic regression over differences of features, its ridge chosen of seven by four folds over prompts."""
    import glob
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import GroupKFold
    known = {}
    for name in glob.glob(folder + "/**/*.safetensors", recursive=True):
        raw = open(name, "rb").read()
        size = int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8:8 + size])
        values = np.frombuffer(raw, np.float32, offset=8 + size).reshape(header["features"]["shape"])
        keys = header["__metadata__"]["keys"]
        for at, row in enumerate(values):
            known[keys[32 * at:32 * at + 32]] = row

    def vectors(group):
        content = [np.array([len(r["ids"])] + r["ids"] + r["segmentIds"], np.int32).tobytes() for r in group["rows"]]
        return np.stack([known[hashlib.sha256(each).hexdigest()[:32]] for each in content])

    train = [(vectors(g), np.array(g["pairs"])) for g in data["train"] if g["pairs"]]
    rest = resident()
    within = np.concatenate([v - v.mean(0) for v, _ in train]).std(0)
    scale = np.where(within > 1e-6, 1 / np.maximum(within, 1e-6), 0)
    x = np.concatenate([(v[p[:, 0]] - v[p[:, 1]]) * scale for v, p in train])
    weight = np.concatenate([np.full(len(p), 1 / len(p)) for _, p in train])
    group = np.concatenate([np.full(len(p), at) for at, (_, p) in enumerate(train)])
    flip = np.arange(len(x)) % 2 == 1  # two classes, by turning every other pair round
    x[flip] = -x[flip]
    ridges = [10, 3, 1, 0.3, 0.1, 0.03, 0.01]
    model = LogisticRegressionCV(Cs=[1 / (ridge * len(train)) for ridge in ridges], cv=list(GroupKFold(4).split(x, groups=group)),
                                 fit_intercept=False, scoring="neg_log_loss", tol=1e-6, max_iter=2000)
    model.fit(x, ~flip, sample_weight=weight)
    w = model.coef_[0] * scale
    report(time.time() - started, 0, rest, [vectors(g) @ w for g in data["heldOut"]])


def everything(threads):
    """The starter's shape (Universal Sentence Encoder lite): 256 wide, widened to 512 by the first of two pre-norm layers."""
    import torch
    from torch import nn
    torch.set_num_threads(threads)
    torch.manual_seed(0)

    class Layer(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.norm, self.inner = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(512, eps=1e-6)
            self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
            self.out, self.shortcut = nn.Linear(width, 512), nn.Linear(width, 512) if width != 512 else nn.Identity()
            self.up, self.down = nn.Linear(512, 1536), nn.Linear(1536, 512)

        def forward(self, x, seen):
            n, t, width = x.shape
            y = self.norm(x)
            q, k, v = [f(y).view(n, t, 4, width // 4).transpose(1, 2) for f in (self.q, self.k, self.v)]
            y = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=seen[:, None, None, :])
            x = self.shortcut(x) + self.out(y.transpose(1, 2).reshape(n, t, width))
            return x + self.down(torch.relu(self.up(self.inner(x))))

    words, segments = nn.Embedding(8002, 256), nn.Embedding(2, 256)
    layers, score = nn.ModuleList([Layer(256), Layer(512)]), nn.Linear(512, 1)
    model = nn.ModuleList([words, segments, layers, score])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01)

    def rewards(rows):
        t = max(len(r["ids"]) for r in rows)
        ids = torch.tensor([r["ids"] + [3] * (t - len(r["ids"])) for r in rows])
        seg = torch.tensor([r["segmentIds"] + [0] * (t - len(r["ids"])) for r in rows])
        seen = torch.tensor([[True] * len(r["ids"]) + [False] * (t - len(r["ids"])) for r in rows])
        x = 2 * words(ids) + segments(seg)
        for layer in layers:
            x = layer(x, seen)
        return score((x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True))[:, 0]

    longest = lambda g: max(len(r["ids"]) for r in g["rows"])
    batches, size = [[]], 0
    for g in sorted((g for g in data["train"] if g["pairs"]), key=longest):
        if batches[-1] and (size + len(g["rows"])) * longest(g) > 8192:
            batches.append([])
            size = 0
        batches[-1].append(g)
        size += len(g["rows"])
    order = torch.randperm(len(batches)).tolist()
    rest, began = resident(), time.time()
    for step, at in enumerate(order):
        for group in optimizer.param_groups:
            group["lr"] = 5e-5 * (1 - step / len(order))
        batch, loss, offset = batches[at], 0.0, 0
        found = rewards([r for g in batch for r in g["rows"]])
        for g in batch:
            pairs = torch.tensor(g["pairs"]) + offset
            loss = loss - nn.functional.logsigmoid(found[pairs[:, 0]] - found[pairs[:, 1]]).mean() / len(batch)
            offset += len(g["rows"])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    seconds = time.time() - began
    tokens = sum(len(r["ids"]) for g in data["train"] for r in g["rows"])
    with torch.no_grad():
        report(seconds, tokens, rest, [rewards(g["rows"]).numpy() for g in data["heldOut"]])


head(last) if mode == "head" else everything(int(last))
