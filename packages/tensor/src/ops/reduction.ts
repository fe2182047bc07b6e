import type { OnnxGraph } from "../lower/onnx-graph";
import type { TensorflowGraph } from "../lower/tensorflow-graph";
import { axisOf, multiplyDims } from "../shape";
import type { Tensor } from "../tensor";
import { alongAxis, fold, mapArrays, type NdArray, zeros } from "./array";
import type { Op } from "./op";

type Reduce = Op<"reduceSum">;

const keptShape = (x: Tensor, axes: readonly number[]) => x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));

function reduction(
  columns: Pick<Reduce, "gradient" | "simplify"> & {
    onnx: (graph: OnnxGraph, x: string, axes: readonly number[], keepDims: boolean, input: Tensor) => string;
    tensorflow: (
      graph: TensorflowGraph,
      x: string,
      axes: readonly number[],
      keepDims: boolean,
      input: Tensor,
    ) => string;
    reference: (x: NdArray, axes: readonly number[]) => NdArray;
  },
): Reduce {
  return {
    normalize: ({ axes, keepDims = false }, [x]) => {
      const rank = x.shape.length;
      return {
        axes: axes
          ? [...new Set(axes.map((axis) => axisOf(axis, rank)))].sort((a, b) => a - b)
          : [...Array(rank).keys()],
        keepDims,
      };
    },
    shape: ([x], { axes = [], keepDims }) =>
      keepDims ? keptShape(x, axes) : x.shape.filter((_, axis) => !axes.includes(axis)),
    simplify: (b, inputs, attributes) =>
      columns.simplify?.(b, inputs, attributes) ?? (attributes.axes?.length === 0 ? inputs[0] : undefined),
    gradient: columns.gradient,
    onnx: (graph, [x], { axes = [], keepDims = false }, { inputs: [input] }) =>
      columns.onnx(graph, x, axes, keepDims, input),
    tensorflow: (graph, [x], { axes = [], keepDims = false }, { inputs: [input] }) =>
      columns.tensorflow(graph, x, axes, keepDims, input),
    reference: ([x], { axes = [] }, { dims }) => ({ dims, data: columns.reference(x, axes).data }),
  };
}

/** Both runtimes sum down the rows of a matrix slower, up to five times, than they multiply it with a row of ones. */
function isDownRows({ shape, dtype }: Pick<Tensor, "shape" | "dtype">, axes: readonly number[]): boolean {
  return shape.length === 2 && axes.join() === "0" && dtype === "float32";
}

function reduce(op: string) {
  return (graph: OnnxGraph, x: string, axes: readonly number[], keepDims: boolean) =>
    graph.node(op, [x, graph.ints(axes)], { keepdims: Number(keepDims) });
}

export const reduceSum: Op<"reduceSum"> = reduction({
  gradient: (b, [x], dy, { attributes: { axes = [] } }) => [
    b.expand(b.reshape(dy, { shape: keptShape(x, axes) }), { shape: x.shape }),
  ],
  simplify: (b, [x], attributes) => (x.op === "square" ? b.reduceSumSquare(x.inputs[0]!, attributes) : undefined),
  onnx: (graph, x, axes, keepDims, input) => {
    if (!isDownRows(input, axes)) return reduce("ReduceSum")(graph, x, axes, keepDims);
    const [rows, columns] = input.shape;
    const ones = graph.node("Expand", [graph.scalar(1), graph.shape([1, rows!])]);
    const sums = graph.node("MatMul", [ones, x]);
    return keepDims ? sums : graph.node("Reshape", [sums, graph.shape([columns!])]);
  },
  tensorflow: (graph, x, axes, keepDims, input) => {
    if (!isDownRows(input, axes)) return graph.reduce("Sum", x, axes, keepDims);
    const [rows, columns] = input.shape;
    const sums = graph.product(graph.fill(1, [1, rows!]), x);
    return keepDims ? sums : graph.reshape(sums, [columns!]);
  },
  reference: (x, axes) => fold(x, axes, 0, (sum, e) => sum + e),
});

/** Sum of squares, without an array of the squares. */
export const reduceSumSquare: Op<"reduceSumSquare"> = reduction({
  gradient: (b, [x], dy, { attributes: { axes = [] } }) => [
    b.mul(x, b.mul(b.reshape(dy, { shape: keptShape(x, axes) }), 2)),
  ],
  simplify: (b, [x], { axes }) => (axes?.length === 0 ? b.square(x) : undefined),
  onnx: reduce("ReduceSumSquare"),
  tensorflow: (graph, x, axes, keepDims, { shape }) =>
    axes.length === shape.length && !keepDims
      ? // Half the sum of squares, in one pass and on all threads.
        graph.math("Mul", graph.math("L2Loss", x), graph.scalar(2))
      : graph.reduce("Sum", graph.math("Square", x), axes, keepDims),
  reference: (x, axes) => fold(x, axes, 0, (sum, e) => sum + e * e),
});

export const reduceMean: Op<"reduceMean"> = reduction({
  gradient: (b, [x], dy, { attributes: { axes = [] } }) => {
    const share = b.div(dy, b.count({ of: multiplyDims(...axes.map((axis) => x.shape[axis]!)) }));
    return [b.expand(b.reshape(share, { shape: keptShape(x, axes) }), { shape: x.shape })];
  },
  onnx: reduce("ReduceMean"),
  tensorflow: (graph, x, axes, keepDims) => graph.reduce("Mean", x, axes, keepDims),
  reference: (x, axes) => {
    const sum = fold(x, axes, 0, (s, e) => s + e);
    return mapArrays(sum.dims, [sum], (e) => (e! * sum.data.length) / x.data.length);
  },
});

/** The largest; equal maxima share the gradient. */
export const reduceMax: Op<"reduceMax"> = reduction({
  gradient: (b, [x], dy, { attributes: { axes = [] }, output }) => {
    const shape = keptShape(x, axes);
    const isMax = b.cast(b.equal(x, b.reshape(output, { shape })), { to: "float32" });
    return [b.mul(isMax, b.div(b.reshape(dy, { shape }), b.reduceSum(isMax, { axes, keepDims: true })))];
  },
  onnx: reduce("ReduceMax"),
  tensorflow: (graph, x, axes, keepDims) => graph.reduce("Max", x, axes, keepDims),
  reference: (x, axes) => fold(x, axes, -Infinity, Math.max),
});

/** exp(x) / sum of exp(x) along one axis. A row that is -Infinity throughout gives NaN: mask with a large negative number. */
export const softmax: Op<"softmax"> = {
  normalize: ({ axis }, [x]) => ({ axis: axisOf(axis, x.shape.length) }),
  shape: ([x]) => x.shape,
  gradient: (b, _, dy, { attributes: { axis }, output }) => {
    const weighted = b.mul(dy, output);
    return [b.sub(weighted, b.mul(output, b.reduceSum(weighted, { axes: [axis], keepDims: true })))];
  },
  onnx: (graph, [x], { axis }) => graph.node("Softmax", [x], { axis }),
  tensorflow: (graph, [x], { axis }, { output }) => {
    const last = output.shape.length - 1;
    if (axis === last) return graph.math("Softmax", x);
    const swap = output.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    return graph.transpose(graph.math("Softmax", graph.transpose(x, swap)), swap);
  },
  reference: ([x], { axis }, { dims }) => {
    const shifted = mapArrays(dims, [x, fold(x, [axis], -Infinity, Math.max)], (e, max) => Math.exp(e! - max!));
    return mapArrays(dims, [shifted, fold(shifted, [axis], 0, (s, e) => s + e)], (e, sum) => e! / sum!);
  },
};

/** Running sum along one axis, from its start or (reverse) from its end. */
export const cumsum: Op<"cumsum"> = {
  normalize: ({ axis, reverse = false }, [x]) => ({ axis: axisOf(axis, x.shape.length), reverse }),
  shape: ([x]) => x.shape,
  gradient: (b, _, dy, { attributes: { axis, reverse } }) => [b.cumsum(dy, { axis, reverse: !reverse })],
  onnx: (graph, [x], { axis, reverse }) =>
    graph.node("CumSum", [x, graph.scalar(axis, "int64")], { reverse: Number(reverse) }),
  tensorflow: (graph, [x], { axis, reverse = false }) => {
    const type = graph.typeOf(x);
    const attributes = { T: { type }, Tidx: { type: "int32" }, reverse } as const;
    return graph.node("Cumsum", [x, graph.scalar(axis, "int32")], attributes, type);
  },
  reference: ([x], { axis, reverse }, { dims }) => {
    const out = zeros(dims);
    const { outer, length, inner } = alongAxis(dims, axis);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let step = 0; step < length; step++) {
          const at = (o * length + (reverse ? length - 1 - step : step)) * inner + i;
          sum += x.data[at]!;
          out.data[at] = sum;
        }
      }
    }
    return out;
  },
};
