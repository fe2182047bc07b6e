"""A batch of groups of completions, and the loss that Borda trains by."""

from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits


@dataclass
class Batch:
    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    group_lengths: list
    pairs: list
    side: str


def draw_batch(draw, config):
    """Groups of 1 to 5 completions, of which some have no pair; rows of 1 to 14 tokens, padded on one side."""
    group_lengths = [draw.choice([2, 3, 4, 5])] + [draw.choice([1, 1, 2, 3, 4]) for _ in range(draw.choice([1, 2, 3]))]
    draw.shuffle(group_lengths)
    lengths = [draw.randint(1, 14) for _ in range(sum(group_lengths))]
    side = draw.choice(["right", "right", "left"])
    width = max(lengths) + draw.choice([0, 0, 3])
    padding = config.pad_token_id
    # A decoder pads with a token that texts hold as well: its end. Heads find a row's last token by the padding token.
    inside = draw.random() < 0.3
    text = [i for i in range(3, config.vocab_size) if i != padding] + ([padding] * 20 if inside else [])
    ids, mask = [], []
    for length in lengths:
        row = [draw.choice(text) for _ in range(length)]
        row[-1] = row[-1] if row[-1] != padding else 5
        row[0] = row[0] if row[0] != padding else 5
        filling = [padding] * (width - length)
        ids.append(row + filling if side == "right" else filling + row)
        mask.append([1] * length + [0] * (width - length) if side == "right" else [0] * (width - length) + [1] * length)
    return Batch(torch.tensor(ids), torch.tensor(mask), group_lengths, draw_pairs(draw, group_lengths), side)


def draw_pairs(draw, group_lengths):
    """Some pairs of each group with more than one completion, and of some groups none; at least one in all."""
    pairs, first = [], 0
    for length in group_lengths:
        share = draw.choice([0, 0.6, 1])
        for i in range(first, first + length):
            for j in range(i + 1, first + length):
                if draw.random() < share:
                    pairs.append([i, j, draw.choice([0.0, 0.25, 0.5, 0.8, 1.0])])
        first += length
    if pairs:
        return pairs
    group = next(index for index, length in enumerate(group_lengths) if length > 1)
    start = sum(group_lengths[:group])
    return [[start, start + 1, 1.0]]


def loss_of(rewards, batch, beta):
    """Mean over groups that have a pair of the mean over their pairs."""
    group_of = [group for group, length in enumerate(batch.group_lengths) for _ in range(length)]
    losses = {}
    for i, j, target in batch.pairs:
        likelihood = binary_cross_entropy_with_logits(rewards[i] - rewards[j], rewards.new_tensor(target))
        losses.setdefault(group_of[i], []).append(likelihood + beta * (rewards[i] ** 2 + rewards[j] ** 2) / 2)
    return torch.stack([torch.stack(each).mean() for each in losses.values()]).mean()


def pool(states, mask, pooling):
    """[n, t, h] and [n, t] -> [n, h]"""
    if pooling == "mean":
        return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    first = mask.argmax(1)
    columns = first if pooling == "cls" else first + mask.sum(1) - 1
    return states[torch.arange(len(states)), columns]


def position_arguments(config, batch):
    """Where positions are absolute and rows begin with padding, transformers wants them counted by the caller."""
    if batch.side == "right" or config.model_type in {"roberta", "modernbert"}:
        return {}
    return {"position_ids": (batch.attention_mask.cumsum(1) - 1).clamp(min=0)}
