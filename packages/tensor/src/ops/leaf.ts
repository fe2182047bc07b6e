import { dtypeOf } from "../data";
import { ShapeMismatch } from "../errors";
import { dimOf } from "../shape";
import { elementCount, zeros } from "./array";
import type { Op } from "./op";

/** The interpreter binds inputs and parameters from the feeds before it looks into the table. */
function fed(): never {
  throw new Error("an input's value comes from the feeds");
}

/** Something fed anew at every run. */
export const input: Op<"input"> = {
  shape: (_, { shape }) => shape,
  dtype: (_, { dtype }) => dtype,
  normalize: (attributes) => ({ ...attributes, shape: attributes.shape.map(dimOf) }),
  gradient: () => [],
  onnx: (graph, _, { name }) => graph.input(name),
  tensorflow: (graph, _, { name }) => graph.leaf(name),
  reference: fed,
};

/** A float32 weight: an input that training updates, or an initialiser where the lowering is given its data. */
export const parameter: Op<"parameter"> = {
  shape: (_, { shape }) => shape,
  dtype: () => "float32",
  gradient: () => [],
  onnx: (graph, _, { name }) => graph.input(name),
  tensorflow: (graph, _, { name }) => graph.leaf(name),
  reference: fed,
};

/** Data known when the graph is built. */
export const constant: Op<"constant"> = {
  shape: (_, { data, shape }) => {
    if (elementCount(shape) !== data.length) throw new ShapeMismatch(`${data.length} elements do not fill [${shape}]`);
    return shape;
  },
  dtype: (_, { data }) => dtypeOf(data),
  gradient: () => [],
  onnx: (graph, _, { data, shape }) => graph.constant(data, shape),
  tensorflow: (graph, _, { data, shape }) => graph.constant(data, shape),
  reference: (_, { data, shape }) => ({
    dims: shape,
    data: Float64Array.from(data as Iterable<number | bigint>, Number),
  }),
};

/** One value at every place of a shape that may be symbolic. */
export const fill: Op<"fill"> = {
  shape: (_, { shape }) => shape,
  dtype: (_, { dtype }) => dtype,
  normalize: (attributes) => ({ ...attributes, shape: attributes.shape.map(dimOf) }),
  gradient: () => [],
  onnx: (graph, _, { value, shape, dtype }) => graph.node("Expand", [graph.scalar(value, dtype), graph.shape(shape)]),
  tensorflow: (graph, _, { value, shape, dtype }) => graph.fill(value, shape, dtype),
  reference: (_, { value }, { dims }) => {
    const out = zeros(dims);
    out.data.fill(value);
    return out;
  },
};

/** The integers 0, 1, ... up to a size, int64 [size]: positions of a sequence. */
export const range: Op<"range"> = {
  shape: (_, { size }) => [dimOf(size)],
  dtype: () => "int64",
  normalize: ({ size }) => ({ size: dimOf(size) }),
  gradient: () => [],
  onnx: (graph, _, { size }) =>
    graph.node("Range", [graph.scalar(0, "int64"), graph.scalarOf(size), graph.scalar(1, "int64")]),
  tensorflow: (graph, _, { size }) => {
    const span = [graph.scalar(0, "int64"), graph.cast(graph.dim(size), "int64"), graph.scalar(1, "int64")];
    return graph.node("Range", span, { Tidx: { type: "int64" } }, "int64");
  },
  reference: (_, _attributes, { dims }) => ({ dims, data: Float64Array.from({ length: dims[0]! }, (_, i) => i) }),
};

/** A size as a float32 scalar, such as the count that a mean divides by. */
export const count: Op<"count"> = {
  shape: () => [],
  dtype: () => "float32",
  normalize: ({ of }) => ({ of: dimOf(of) }),
  gradient: () => [],
  onnx: (graph, _, { of }) => graph.node("Cast", [graph.scalarOf(of)], { to: graph.elementType("float32") }),
  tensorflow: (graph, _, { of }) => graph.cast(graph.dim(of), "float32"),
  reference: (_, { of }, { resolve }) => ({ dims: [], data: Float64Array.of(resolve(of)) }),
};
