import type { Builder } from "../builder";
import { ShapeMismatch } from "../errors";
import { broadcastShapes, sameShape } from "../shape";
import type { Tensor } from "../tensor";
import { mapArrays } from "./array";
import type { Binary, Unary } from "./op";

/** Sums `x` over the axes that broadcasting `shape` to it stretched: the adjoint of that broadcast. */
export function sumTo(build: Builder, x: Tensor, shape: Tensor["shape"]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, axis) => (axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : []));
  return build.reshape(build.reduceSum(x, { axes }), { shape });
}

/** An op on each element of one tensor. */
export function unary(columns: {
  /** Adjoint of x, from x, the adjoint of the result, and the result. */
  gradient: (build: Builder, x: Tensor, dy: Tensor, y: Tensor) => Tensor;
  onnx: string | Unary["onnx"];
  tensorflow: string | Unary["tensorflow"];
  element?: Unary["element"];
  reference: (x: number) => number;
}): Unary {
  const { gradient, onnx, tensorflow, element, reference } = columns;
  return {
    shape: ([x]) => x.shape,
    ...(element ? { element } : {}),
    gradient: (build, [x], dy, { output }) => [gradient(build, x, dy, output)],
    onnx: typeof onnx === "string" ? (graph, [x]) => graph.node(onnx, [x]) : onnx,
    tensorflow: typeof tensorflow === "string" ? (graph, [x]) => graph.math(tensorflow, x) : tensorflow,
    reference: ([x], _, { dims }) => mapArrays(dims, [x], reference),
  };
}

/** An op on each pair of elements of two tensors that broadcast to one shape. */
export function binary(columns: {
  /** Adjoints of x and y before they are summed to the shapes of x and y; null where the op has none. */
  gradient: (build: Builder, x: Tensor, y: Tensor, dy: Tensor, output: Tensor) => readonly (Tensor | null)[];
  dtype?: Binary["dtype"];
  simplify?: Binary["simplify"];
  onnx: string;
  tensorflow: string | Binary["tensorflow"];
  element?: Binary["element"];
  reference: (x: number, y: number) => number;
}): Binary {
  const { gradient, dtype, simplify, onnx, tensorflow, element, reference } = columns;
  return {
    shape: ([x, y]) => {
      if (x.dtype !== y.dtype)
        throw new ShapeMismatch(`${onnx} takes one element type, not ${x.dtype} and ${y.dtype}: cast one`);
      return broadcastShapes(x.shape, y.shape);
    },
    ...(dtype ? { dtype } : {}),
    ...(simplify ? { simplify } : {}),
    ...(element ? { element } : {}),
    gradient: (build, [x, y], dy, { output }) => {
      const terms = gradient(build, x, y, dy, output);
      return [x, y].map((input, i) => terms[i] && sumTo(build, terms[i], input.shape)).map((term) => term ?? null);
    },
    broadcasts: true,
    onnx: (graph, [x, y]) => graph.node(onnx, [x, y]),
    tensorflow: typeof tensorflow === "string" ? (graph, [x, y]) => graph.math(tensorflow, x, y) : tensorflow,
    reference: ([x, y], _, { dims }) => mapArrays(dims, [x, y], reference),
  };
}
