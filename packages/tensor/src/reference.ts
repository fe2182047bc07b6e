import type { TensorData, Value } from "./data";
import { bindDims, isFed } from "./feeds";
import type { NdArray } from "./ops/array";
import { ops } from "./ops/index";
import { resolveDim, resolveShape } from "./shape";
import { type Tensor, topologicalOrder } from "./tensor";

/**
 * The value of each output, computed op by op in float64 from the table's reference column. It is the definition of
 * what a graph means; slow, for tests and small things. Feeds as for an executor, or in float64.
 */
export function evaluate<K extends string>(
  outputs: Readonly<Record<K, Tensor>>,
  feeds: Readonly<Record<string, Value<TensorData | Float64Array>>> = {},
): Record<K, NdArray> {
  const tensors = Object.values<Tensor>(outputs);
  const order = topologicalOrder(tensors);
  const bindings = bindDims(order.filter(isFed), feeds);
  const values = new Map<Tensor, NdArray>();
  for (const tensor of order) {
    const dims = resolveShape(tensor.shape, bindings);
    if (isFed(tensor)) {
      const { data } = feeds[tensor.name!]!;
      values.set(tensor, {
        dims,
        data: data instanceof Float64Array ? data : Float64Array.from(data as Iterable<number | bigint>, Number),
      });
      continue;
    }
    const op = ops[tensor.op];
    const inputs = tensor.inputs.map((input) => values.get(input)!);
    const value = op.reference(inputs, tensor.attributes, { dims, resolve: (dim) => resolveDim(dim, bindings) });
    values.set(tensor, { dims, data: value.data });
  }
  return Object.fromEntries(
    Object.entries<Tensor>(outputs).map(([name, tensor]) => [name, values.get(tensor)!]),
  ) as Record<K, NdArray>;
}
