import type { DType } from "./data";
import type { Shape } from "./shape";
import type { OpName } from "./signatures";

/**
 * One immutable value in a graph: the op that makes it, from which inputs and attributes. Nothing is computed until a
 * graph is evaluated or lowered; sharing a tensor shares the computation.
 */
export interface Tensor {
  readonly op: OpName;
  readonly inputs: readonly Tensor[];
  readonly attributes: object;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of an input or a parameter. */
  readonly name?: string;
}

/** The tensors that `outputs` are made of, each once, inputs before what uses them. Iterative: graphs are deep. */
export function topologicalOrder(outputs: Iterable<Tensor>): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (!done.has(output)) stack.push({ tensor: output, next: 0 });
    done.add(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.tensor.inputs[top.next++];
      if (input === undefined) {
        order.push(top.tensor);
        stack.pop();
      } else if (!done.has(input)) {
        done.add(input);
        stack.push({ tensor: input, next: 0 });
      }
    }
  }
  return order;
}
