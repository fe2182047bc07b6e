import { ShapeMismatch } from "../errors";
import { broadcastShapes } from "../shape";
import { mapArrays } from "./array";
import { binary, sumTo } from "./elementwise";
import type { Binary, Op } from "./op";

function comparison(onnx: string, reference: (x: number, y: number) => boolean): Binary {
  const tensorflow = onnx.replace("OrEqual", "Equal");
  return binary({
    gradient: () => [null, null],
    dtype: () => "bool",
    onnx,
    tensorflow: (graph, [x, y]) => graph.node(tensorflow, [x, y], { T: { type: graph.typeOf(x) } }, "bool"),
    reference: (x, y) => (reference(x, y) ? 1 : 0),
  });
}

function logical(onnx: string, reference: (x: number, y: number) => boolean): Binary {
  return {
    ...comparison(onnx, reference),
    tensorflow: (graph, [x, y]) => graph.node(`Logical${onnx}`, [x, y], {}, "bool"),
  };
}

export const equal: Op<"equal"> = comparison("Equal", (x, y) => x === y);
export const greater: Op<"greater"> = comparison("Greater", (x, y) => x > y);
export const greaterOrEqual: Op<"greaterOrEqual"> = comparison("GreaterOrEqual", (x, y) => x >= y);
export const less: Op<"less"> = comparison("Less", (x, y) => x < y);
export const lessOrEqual: Op<"lessOrEqual"> = comparison("LessOrEqual", (x, y) => x <= y);
/** Of booleans. */
export const and: Op<"and"> = logical("And", (x, y) => x !== 0 && y !== 0);
/** Of booleans. */
export const or: Op<"or"> = logical("Or", (x, y) => x !== 0 || y !== 0);

/** Of a boolean. */
export const not: Op<"not"> = {
  shape: ([x]) => x.shape,
  gradient: () => [null],
  onnx: (graph, [x]) => graph.node("Not", [x]),
  tensorflow: (graph, [x]) => graph.node("LogicalNot", [x], {}, "bool"),
  reference: ([x], _, { dims }) => mapArrays(dims, [x], (e) => (e === 0 ? 1 : 0)),
};

/** x where the condition holds, y elsewhere; the three broadcast. */
export const where: Op<"where"> = {
  shape: ([condition, x, y]) => {
    if (condition.dtype !== "bool" || x.dtype !== y.dtype) {
      throw new ShapeMismatch(
        `where takes bool and one element type, not ${condition.dtype}, ${x.dtype} and ${y.dtype}: cast`,
      );
    }
    return broadcastShapes(condition.shape, x.shape, y.shape);
  },
  dtype: ([, x]) => x.dtype,
  broadcasts: true,
  gradient: (b, [condition, x, y], dy) => [
    null,
    sumTo(b, b.where(condition, dy, 0), x.shape),
    sumTo(b, b.where(condition, 0, dy), y.shape),
  ],
  onnx: (graph, inputs) => graph.node("Where", [...inputs]),
  tensorflow: (graph, inputs) => {
    const type = graph.typeOf(inputs[1]);
    return graph.node("SelectV2", inputs, { T: { type } }, type);
  },
  reference: (inputs, _, { dims }) => mapArrays(dims, inputs, (condition, x, y) => (condition !== 0 ? x! : y!)),
};

/** To another element type: numbers to integers towards zero, anything but zero to true. */
export const cast: Op<"cast"> = {
  shape: ([x]) => x.shape,
  dtype: (_, { to }) => to,
  simplify: (_, [x], { to }) => (x.dtype === to ? x : undefined),
  gradient: (b, [x], dy) => [x.dtype === "float32" && dy.dtype === "float32" ? b.cast(dy, { to: "float32" }) : null],
  onnx: (graph, [x], { to }) => graph.node("Cast", [x], { to: graph.elementType(to) }),
  tensorflow: (graph, [x], { to }) => graph.cast(x, to),
  reference: ([x], { to }, { dims }) =>
    mapArrays(dims, [x], (e) => (to === "bool" ? Number(e !== 0) : to === "int64" ? Math.trunc(e!) : e!)),
};
