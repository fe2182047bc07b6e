import { NameClash } from "../errors";
import { isFed } from "../feeds";
import type { Tensor } from "../tensor";

/** Inputs and parameters of a graph, each name once. */
export function leavesOf(order: readonly Tensor[], first: readonly Tensor[] = []): Tensor[] {
  const byName = new Map<string, Tensor>();
  for (const leaf of [...first, ...order.filter(isFed)]) {
    const known = byName.get(leaf.name!);
    if (known && (known.op !== leaf.op || known.dtype !== leaf.dtype || known.shape.join() !== leaf.shape.join())) {
      throw new NameClash(`two different tensors are named "${leaf.name}": rename one`);
    }
    byName.set(leaf.name!, known ?? leaf);
  }
  return [...byName.values()];
}
