import { ShapeMismatch } from "../errors";
import { shapeText } from "../shape";
import type { Tensor } from "../tensor";
import { elementCount, zeros } from "./array";
import type { Op } from "./op";

/**
 * The rows of x [m, ...] at `places`, int64 [r], each named at most once: [r, ...]. `packed`, int64 [m], says the same the
 * other way round: where each row of x went, and r of a row that was left out. So the adjoint copies rows, too, where
 * gather's would have to add them up.
 */
export const pack: Op<"pack"> = {
  shape: ([x, places, packed]) => {
    fit("pack", x, packed, places);
    return [places.shape[0]!, ...x.shape.slice(1)];
  },
  gradient: (b, [, places, packed], dy) => [b.unpack(dy, places, packed), null, null],
  onnx: (graph, [x, places]) => graph.node("Gather", [x, places], { axis: 0 }),
  tensorflow: (graph, [x, places]) => graph.rows(x, places),
  reference: ([x, places], _, { dims }) => {
    const out = zeros(dims);
    const width = elementCount(dims.slice(1));
    places.data.forEach((row, i) => void out.data.set(x.data.subarray(row * width, (row + 1) * width), i * width));
    return out;
  },
};

/** The rows of x [r, ...] back where `pack` took them from, among rows of zeros: [m, ...]. `places` and `packed` as there. */
export const unpack: Op<"unpack"> = {
  shape: ([x, places, packed]) => {
    fit("unpack", x, places, packed);
    return [packed.shape[0]!, ...x.shape.slice(1)];
  },
  gradient: (b, [, places, packed], dy) => [b.pack(dy, places, packed), null, null],
  onnx: (graph, [x, , packed], _, { inputs: [{ shape, dtype }] }) => {
    const blank = graph.node("Expand", [graph.scalar(0, dtype), graph.shape([1, ...shape.slice(1)])]);
    return graph.node("Gather", [graph.node("Concat", [x, blank], { axis: 0 }), packed], { axis: 0 });
  },
  tensorflow: (graph, [x, , packed], _, { inputs: [{ shape }] }) => {
    const type = graph.typeOf(x);
    const widths = graph.ints([0, 1, ...shape.slice(1).flatMap(() => [0, 0])], [shape.length, 2]);
    return graph.rows(graph.node("Pad", [x, widths], { T: { type }, Tpaddings: { type: "int32" } }, type), packed);
  },
  reference: ([x, , packed], _, { dims }) => {
    const out = zeros(dims);
    const [rows] = x.dims;
    const width = elementCount(dims.slice(1));
    packed.data.forEach((row, i) => {
      if (row < rows!) out.data.set(x.data.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  },
};

/** `along` has one entry a row of x, `other` is a list. */
function fit(op: string, x: Tensor, along: Tensor, other: Tensor): void {
  const lists = [along, other].every(({ shape, dtype }) => shape.length === 1 && dtype === "int64");
  if (lists && x.shape.length > 0 && along.shape[0] === x.shape[0]) return;
  throw new ShapeMismatch(
    `${op} takes rows ${shapeText(x.shape)} and two lists of int64, one of them as long as the rows, not ${[along, other].map(({ shape, dtype }) => dtype + shapeText(shape)).join(" and ")}`,
  );
}
