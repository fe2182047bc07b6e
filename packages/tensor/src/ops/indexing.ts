import type { Builder } from "../builder";
import { ShapeMismatch } from "../errors";
import { dimOf, multiplyDims, sameShape, shapeText } from "../shape";
import type { Tensor } from "../tensor";
import { elementCount, zeros } from "./array";
import type { Op } from "./op";

/** Rows of table [rows, ...] by their indices [...], int64: an embedding, or the two rewards of each comparison. */
export const gather: Op<"gather"> = {
  shape: ([table, indices]) => {
    if (indices.dtype !== "int64" || table.shape.length === 0) {
      throw new ShapeMismatch(
        `gather takes a table and int64 indices, not ${shapeText(table.shape)} and ${indices.dtype}`,
      );
    }
    return [...indices.shape, ...table.shape.slice(1)];
  },
  gradient: (b, [table, indices], dy, { attributes: { untrained } }) => {
    const updates = untrained === undefined ? dy : b.mul(dy, trained(b, indices, untrained, dy));
    return [b.scatterAdd(indices, updates, { rows: table.shape[0]! }), null];
  },
  onnx: (graph, [table, indices]) => graph.node("Gather", [table, indices], { axis: 0 }),
  tensorflow: (graph, [table, indices]) => graph.rows(table, indices),
  reference: ([table, indices], _, { dims }) => {
    const out = zeros(dims);
    const width = elementCount(table.dims.slice(1));
    indices.data.forEach((row, i) => {
      if (!(row >= 0 && row < table.dims[0]!)) throw new RangeError(`index ${row} is outside of ${table.dims[0]} rows`);
      out.data.set(table.data.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  },
};

/** 1 where a row is trained and 0 where it is not, in a shape that stretches to dy's. */
function trained(b: Builder, indices: Tensor, untrained: number, dy: Tensor): Tensor {
  const kept = b.cast(b.not(b.equal(indices, untrained)), { to: "float32" });
  return b.reshape(kept, { shape: dy.shape.map((_, axis) => indices.shape[axis] ?? 1) });
}

/** Adds updates [indices..., ...] into zeros [rows, ...] at their indices: sums of segments, and gather's gradient. */
export const scatterAdd: Op<"scatterAdd"> = {
  normalize: ({ rows }) => ({ rows: dimOf(rows) }),
  shape: ([indices, updates], { rows }) => {
    const rank = indices.shape.length;
    if (indices.dtype !== "int64" || !sameShape(updates.shape.slice(0, rank), indices.shape)) {
      throw new ShapeMismatch(
        `updates ${shapeText(updates.shape)} do not begin with the axes of indices ${shapeText(indices.shape)}`,
      );
    }
    return [rows, ...updates.shape.slice(rank)];
  },
  dtype: ([, updates]) => updates.dtype,
  gradient: (b, [indices], dy) => [null, b.gather(dy, indices)],
  // Not ScatterND: with reduction "add" onnxruntime spreads its updates over threads without a lock, and loses those
  // that meet in one row. ScatterElements adds in order.
  onnx: (graph, [indices, updates], _, { inputs, output }) => {
    const [ids, added] = inputs;
    const into = graph.node("Expand", [graph.scalar(0, output.dtype), graph.shape(output.shape)]);
    const column = [...ids.shape, ...output.shape.slice(1).map(() => 1)];
    const rows = graph.node("Reshape", [indices, graph.reshapeTarget(ids.shape, column)]);
    const everywhere = graph.node("Expand", [rows, graph.shape(added.shape)]);
    const flat = graph.shape([multiplyDims(...ids.shape), ...output.shape.slice(1)]);
    const [at, of] = [everywhere, updates].map((value) => graph.node("Reshape", [value, flat]));
    return graph.node("ScatterElements", [into, at!, of!], { axis: 0, reduction: "add" });
  },
  tensorflow: (graph, [indices, updates], { rows }) => {
    const type = graph.typeOf(updates);
    const attributes = { T: { type }, Tindices: { type: "int64" }, Tnumsegments: { type: "int32" } } as const;
    return graph.node("UnsortedSegmentSum", [updates, indices, graph.dim(rows)], attributes, type);
  },
  reference: ([indices, updates], _, { dims }) => {
    const out = zeros(dims);
    const width = elementCount(dims.slice(1));
    indices.data.forEach((row, i) => {
      if (!(row >= 0 && row < dims[0]!)) throw new RangeError(`index ${row} is outside of ${dims[0]} rows`);
      for (let j = 0; j < width; j++) out.data[row * width + j]! += updates.data[i * width + j]!;
    });
    return out;
  },
};
