import { sizeOf, type Tensor, termsOf, topologicalOrder } from "@borda/tensor";
import type { RewardGraph } from "./model";

/** The layer that a weight's name counts: 3 in "encoder.layer.3.output.dense.weight". */
export function layerOf(name: string): number | undefined {
  const [, layer] = /(?:^|\.)(\d+)\./.exec(name) ?? [];
  return layer === undefined ? undefined : Number(layer);
}

/**
 * For each layer of the backbone, the tensors that it and what follows read of what comes before: the residual stream,
 * and whatever else all layers share and weights make. Masks and positions are left out, since nothing is learnt of them.
 */
export function layerBoundaries({ features }: Pick<RewardGraph, "features">): Tensor[][] {
  const order = topologicalOrder([features]);
  const layer = new Map<Tensor, number>();
  const learnt = learntOf(order);
  for (const tensor of order) {
    const own = tensor.op === "parameter" ? (layerOf(tensor.name!) ?? -1) : -1;
    layer.set(tensor, Math.max(own, ...tensor.inputs.map((input) => layer.get(input)!)));
  }
  const count = Math.max(-1, ...layer.values()) + 1;
  return Array.from({ length: count }, (_, index) => {
    const found = new Set<Tensor>();
    for (const tensor of order) {
      if (layer.get(tensor)! < index) continue;
      for (const input of tensor.inputs.map(viewed))
        if (layer.get(input)! < index && learnt.has(input) && input.op !== "parameter") found.add(input);
    }
    return [...found];
  });
}

/**
 * Attention's scores and what becomes of them: the tensors that weights make and that have a number for each pair of places
 * in a row.
 */
export function scoresOf({ features }: Pick<RewardGraph, "features">): Set<Tensor> {
  const learnt = learntOf(topologicalOrder([features]));
  const ofPairs = ({ shape, dtype }: Tensor) =>
    dtype === "float32" &&
    termsOf(sizeOf(shape)).some(({ names }) => names.filter((name) => /^t\d*$/.test(name)).length > 1);
  return new Set([...learnt].filter(ofPairs));
}

/** Weights, and all that is made of them; inputs come before what uses them. */
export function learntOf(order: readonly Tensor[]): Set<Tensor> {
  const learnt = new Set<Tensor>();
  for (const tensor of order)
    if (tensor.op === "parameter" || tensor.inputs.some((input) => learnt.has(input))) learnt.add(tensor);
  return learnt;
}

/** What a reshaped tensor was before. */
export function viewed(tensor: Tensor): Tensor {
  return tensor.op === "reshape" ? viewed(tensor.inputs[0]!) : tensor;
}
