import { UnsafeUpdate } from "./errors";
import { ops } from "./ops/index";
import { type Tensor, topologicalOrder } from "./tensor";

/** An input and the tensor that is written over it while the graph runs. */
export interface Replacement {
  readonly old: Tensor;
  readonly next: Tensor;
}

/** Of the input whose memory a tensor lies in, directly or through views of it. */
function nameOf(tensor: Tensor): string | undefined {
  return ops[tensor.op].views ? nameOf(tensor.inputs[0]!) : tensor.name;
}

/**
 * Throws UnsafeUpdate unless everything that reads an `old` must run before its `next`, as one of the tensors that
 * `next` is computed from: the runtime may take any other order, and would read what is already overwritten.
 * A clip by global norm gives that order, for it awaits every gradient.
 */
export function checkInPlace(replacements: readonly Replacement[], fetched: readonly Tensor[]): void {
  const readers = new Map<string, Tensor[]>(replacements.map(({ old }) => [old.name!, []]));
  for (const tensor of topologicalOrder([...fetched, ...replacements.map(({ next }) => next)])) {
    for (const operand of tensor.inputs) readers.get(nameOf(operand) ?? "")?.push(tensor);
  }
  for (const { old, next } of replacements) {
    const before = new Set(topologicalOrder([next]));
    const late = readers.get(old.name!)!.find((reader) => !before.has(reader));
    if (late || fetched.some((output) => nameOf(output) === old.name)) {
      throw new UnsafeUpdate(
        `"${old.name}" is overwritten while ${late ? `"${late.op}"` : "an output"} may still read it: put clipByGlobalNorm(Infinity) ` +
          "first in the optimizer's chain, and compute outputs from what the loss is computed from",
      );
    }
  }
}
