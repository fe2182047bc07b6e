import { build } from "./build";
import { ShapeMismatch } from "./errors";
import { ops } from "./ops/index";
import { shapeText } from "./shape";
import { type Tensor, topologicalOrder } from "./tensor";

/**
 * Adjoints of `loss` (a scalar) with respect to `parameters`, as tensors of their shapes; zeros where loss does not
 * depend on one. Any float32 tensor of the graph may stand among the parameters.
 */
export function gradient(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0)
    throw new ShapeMismatch(`a loss is a scalar, not ${shapeText(loss.shape)}: reduce it first`);
  const order = topologicalOrder([loss]);
  const relevant = new Set<Tensor>(parameters);
  for (const tensor of order) if (tensor.inputs.some((input) => relevant.has(input))) relevant.add(tensor);

  const adjoint = new Map<Tensor, Tensor>([[loss, build.fill({ value: 1, shape: [], dtype: "float32" })]]);
  for (const tensor of order.reverse()) {
    const dy = adjoint.get(tensor);
    if (!dy || !tensor.inputs.some((input) => relevant.has(input))) continue;
    const op = ops[tensor.op];
    const terms = op.gradient(build, tensor.inputs, dy, {
      inputs: tensor.inputs,
      attributes: tensor.attributes,
      output: tensor,
    });
    tensor.inputs.forEach((input, i) => {
      const term = terms[i];
      if (!term || !relevant.has(input)) return;
      const sum = adjoint.get(input);
      adjoint.set(input, sum ? build.add(sum, term) : term);
    });
  }
  return parameters.map((p) => adjoint.get(p) ?? build.fill({ value: 0, shape: p.shape, dtype: "float32" }));
}
