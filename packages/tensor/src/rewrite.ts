import { build } from "./build";
import { type Tensor, topologicalOrder } from "./tensor";

/** What stands in place of a tensor, given its inputs as they are by then; nothing to keep it. */
export type Replacing = (tensor: Tensor, inputs: readonly Tensor[]) => Tensor | undefined;

/**
 * The graph of `outputs` with some tensors replaced, and everything that is computed from them made anew by the same ops;
 * whatever depends on no replacement is the very same tensor as before. Inputs come before what uses them, and what
 * `replace` gives is not looked into.
 */
export function rewrite(outputs: readonly Tensor[], replace: Replacing): Tensor[] {
  const made = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder(outputs)) {
    const inputs = tensor.inputs.map((input) => made.get(input)!);
    made.set(tensor, replace(tensor, inputs) ?? withInputs(tensor, inputs));
  }
  return outputs.map((output) => made.get(output)!);
}

/** The tensor's op on other inputs; itself where they are its own. */
export function withInputs(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
  if (inputs.every((input, i) => input === tensor.inputs[i])) return tensor;
  const op = build[tensor.op] as (...args: readonly unknown[]) => Tensor;
  return op(...inputs, tensor.attributes);
}
