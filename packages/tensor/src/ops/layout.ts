import { ShapeMismatch } from "../errors";
import {
  addDims,
  axisOf,
  broadcastShapes,
  type Dim,
  dimOf,
  divideDims,
  multiplyDims,
  sameShape,
  shapeText,
  sizeOf,
  subtractDims,
} from "../shape";
import type { Tensor } from "../tensor";
import { alongAxis, mapArrays, permute, zeros } from "./array";
import { sumTo } from "./elementwise";
import type { Op } from "./op";

/** The same elements in another shape of the same size; one entry may be -1, for what is left. */
export const reshape: Op<"reshape"> = {
  normalize: ({ shape }, [x]) => {
    const known = multiplyDims(...shape.filter((dim) => dim !== -1));
    return { shape: shape.map((dim) => (dim === -1 ? divideDims(sizeOf(x.shape), known) : dimOf(dim))) };
  },
  shape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeMismatch(`${shapeText(x.shape)} has not as many elements as ${shapeText(shape)}`);
    }
    return shape;
  },
  simplify: (b, [x], { shape }) => {
    if (sameShape(x.shape, shape)) return x;
    return x.op === "reshape" ? b.reshape(x.inputs[0]!, { shape }) : undefined;
  },
  gradient: (b, [x], dy) => [b.reshape(dy, { shape: x.shape })],
  onnx: (graph, [x], { shape }, { inputs: [from] }) =>
    graph.node("Reshape", [x, graph.reshapeTarget(from.shape, shape)]),
  tensorflow: (graph, [x], { shape }) => graph.reshape(x, shape),
  reference: ([x], _, { dims }) => ({ dims, data: x.data }),
};

/** Axes in another order: axis i of the result is axis permutation[i] of x. */
export const transpose: Op<"transpose"> = {
  normalize: ({ permutation }, [x]) => ({ permutation: permutation.map((axis) => axisOf(axis, x.shape.length)) }),
  shape: ([x], { permutation }) => {
    if (permutation.length !== x.shape.length || new Set(permutation).size !== x.shape.length) {
      throw new ShapeMismatch(`[${permutation}] does not order the ${x.shape.length} axes of ${shapeText(x.shape)}`);
    }
    return permutation.map((axis) => x.shape[axis]!);
  },
  simplify: (b, [x], { permutation }) => {
    if (permutation.every((axis, i) => axis === i)) return x;
    if (x.op !== "transpose") return undefined;
    const inner = (x.attributes as { permutation: readonly number[] }).permutation;
    return b.transpose(x.inputs[0]!, { permutation: permutation.map((axis) => inner[axis]!) });
  },
  gradient: (b, _, dy, { attributes: { permutation } }) => [
    b.transpose(dy, { permutation: permutation.map((_, axis) => permutation.indexOf(axis)) }),
  ],
  onnx: (graph, [x], { permutation }) => graph.node("Transpose", [x], { perm: permutation }),
  tensorflow: (graph, [x], { permutation }) => graph.transpose(x, permutation),
  reference: ([x], { permutation }) => permute(x, permutation),
};

/** Stretched to a shape by NumPy's rule. */
export const expand: Op<"expand"> = {
  normalize: ({ shape }) => ({ shape: shape.map(dimOf) }),
  shape: ([x], { shape }) => {
    if (!sameShape(broadcastShapes(x.shape, shape), shape)) {
      throw new ShapeMismatch(`${shapeText(x.shape)} does not stretch to ${shapeText(shape)}`);
    }
    return shape;
  },
  stretches: true,
  simplify: (_, [x], { shape }) => (sameShape(x.shape, shape) ? x : undefined),
  gradient: (b, [x], dy) => [sumTo(b, dy, x.shape)],
  onnx: (graph, [x], { shape }) => graph.node("Expand", [x, graph.shape(shape)]),
  tensorflow: (graph, [x], { shape }) => {
    const type = graph.typeOf(x);
    return graph.node("BroadcastTo", [x, graph.shape(shape)], { T: { type }, Tidx: { type: "int32" } }, type);
  },
  reference: ([x], _, { dims }) => mapArrays(dims, [x], (e) => e!),
};

/** Tensors side by side along one axis. */
export const concat: Op<"concat"> = {
  normalize: ({ axis }, [x]) => ({ axis: axisOf(axis, x?.shape.length ?? 0) }),
  shape: (inputs, { axis }) => {
    const rest = (x: Tensor) => x.shape.map((dim, i) => (i === axis ? 0 : dim));
    for (const x of inputs) {
      if (sameShape(rest(x), rest(inputs[0]!)) && x.dtype === inputs[0]!.dtype) continue;
      throw new ShapeMismatch(
        `${inputs.map((i) => i.dtype + shapeText(i.shape)).join(", ")} differ beside axis ${axis}`,
      );
    }
    return inputs[0]!.shape.map((dim, i) => (i === axis ? addDims(...inputs.map((x) => x.shape[axis]!)) : dim));
  },
  simplify: (_, inputs) => (inputs.length === 1 ? inputs[0] : undefined),
  gradient: (b, inputs, dy, { attributes: { axis } }) => {
    let start: Dim = 0;
    return inputs.map((x) => {
      const end = addDims(start, x.shape[axis]!);
      const part = b.slice(dy, { axis, start, end });
      start = end;
      return part;
    });
  },
  onnx: (graph, inputs, { axis }) => graph.node("Concat", [...inputs], { axis }),
  tensorflow: (graph, inputs, { axis }) => {
    const type = graph.typeOf(inputs[0]!);
    const attributes = { N: inputs.length, T: { type }, Tidx: { type: "int32" } } as const;
    return graph.node("ConcatV2", [...inputs, graph.scalar(axis, "int32")], attributes, type);
  },
  reference: (inputs, { axis }, { dims }) => {
    const out = zeros(dims);
    const whole = alongAxis(dims, axis);
    let start = 0;
    for (const x of inputs) {
      const { outer, length, inner } = alongAxis(x.dims, axis);
      for (let o = 0; o < outer; o++) {
        const rows = x.data.subarray(o * length * inner, (o + 1) * length * inner);
        out.data.set(rows, (o * whole.length + start) * inner);
      }
      start += length;
    }
    return out;
  },
};

/** The elements from start up to (not including) end along one axis. */
export const slice: Op<"slice"> = {
  normalize: (span, [x]) => {
    const axis = axisOf(span.axis, x.shape.length);
    const fromFront = (at: Dim) => (typeof at === "number" && at < 0 ? addDims(x.shape[axis]!, at) : dimOf(at));
    return { axis, start: fromFront(span.start), end: fromFront(span.end) };
  },
  shape: ([x], { axis, start, end }) => {
    const size = subtractDims(end, start);
    const sizes = [start, size, subtractDims(x.shape[axis]!, end)];
    if (sizes.some((dim) => typeof dim === "number" && dim < 0)) {
      throw new ShapeMismatch(`${start} to ${end} lies outside of axis ${axis} of ${shapeText(x.shape)}`);
    }
    return x.shape.map((dim, i) => (i === axis ? size : dim));
  },
  simplify: (_, [x], { axis, start, end }) => (start === 0 && end === x.shape[axis] ? x : undefined),
  gradient: (b, [x], dy, { attributes: { axis, start, end } }) => [
    b.pad(dy, { axis, before: start, after: subtractDims(x.shape[axis]!, end) }),
  ],
  onnx: (graph, [x], { axis, start, end }) =>
    graph.node("Slice", [x, graph.dim(start), graph.dim(end), graph.ints([axis])]),
  tensorflow: (graph, [x], { axis, start, end }, { output }) => {
    const type = graph.typeOf(x);
    const along = (size: Dim, elsewhere: number) => output.shape.map((_, i) => (i === axis ? size : elsewhere));
    const [from, sizes] = [along(start, 0), along(subtractDims(end, start), -1)];
    const attributes = { T: { type }, Index: { type: "int32" } } as const;
    return graph.node("Slice", [x, graph.shape(from), graph.shape(sizes)], attributes, type);
  },
  reference: ([x], { axis, start }, { dims, resolve }) => {
    const out = zeros(dims);
    const from = alongAxis(x.dims, axis);
    const { outer, length, inner } = alongAxis(dims, axis);
    for (let o = 0; o < outer; o++) {
      const first = (o * from.length + resolve(start)) * inner;
      out.data.set(x.data.subarray(first, first + length * inner), o * length * inner);
    }
    return out;
  },
};

/** Zeros before and after along one axis. */
export const pad: Op<"pad"> = {
  normalize: ({ axis, before, after }, [x]) => ({
    axis: axisOf(axis, x.shape.length),
    before: dimOf(before),
    after: dimOf(after),
  }),
  shape: ([x], { axis, before, after }) => x.shape.map((dim, i) => (i === axis ? addDims(before, dim, after) : dim)),
  simplify: (_, [x], { before, after }) => (before === 0 && after === 0 ? x : undefined),
  gradient: (b, [x], dy, { attributes: { axis, before } }) => [
    b.slice(dy, { axis, start: before, end: addDims(before, x.shape[axis]!) }),
  ],
  onnx: (graph, [x], { axis, before, after }, { output }) =>
    graph.node("Pad", [x, graph.shape([before, after]), graph.scalar(0, output.dtype), graph.ints([axis])]),
  tensorflow: (graph, [x], { axis, before, after }, { output }) => {
    const type = graph.typeOf(x);
    const widths = graph.shape(output.shape.flatMap((_, i) => (i === axis ? [before, after] : [0, 0])));
    const attributes = { T: { type }, Tpaddings: { type: "int32" } } as const;
    return graph.node("Pad", [x, graph.reshape(widths, [output.shape.length, 2])], attributes, type);
  },
  reference: ([x], { axis, before }, { dims, resolve }) => {
    const out = zeros(dims);
    const to = alongAxis(dims, axis);
    const { outer, length, inner } = alongAxis(x.dims, axis);
    for (let o = 0; o < outer; o++) {
      out.data.set(
        x.data.subarray(o * length * inner, (o + 1) * length * inner),
        (o * to.length + resolve(before)) * inner,
      );
    }
    return out;
  },
};
