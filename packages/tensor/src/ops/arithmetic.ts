import type { Builder } from "../builder";
import { addDims } from "../shape";
import type { AttributesOf } from "../signatures";
import type { Tensor } from "../tensor";
import { mapArrays } from "./array";
import { binary, unary } from "./elementwise";
import type { Op } from "./op";

/**
 * x and y one after the other in one tensor, where y begins at the place where x ends and each is padded by zeros to where
 * the other is: adjoints of slices that lie side by side.
 */
function joined(b: Builder, x: Tensor, y: Tensor): Tensor | undefined {
  if (x.op !== "pad" || y.op !== "pad") return undefined;
  const [{ axis, ...p }, q] = [x.attributes, y.attributes] as [AttributesOf<"pad">, AttributesOf<"pad">];
  const [first, second] = [x.inputs[0]!, y.inputs[0]!];
  const meets =
    axis === q.axis &&
    q.before === addDims(p.before, first.shape[axis]!) &&
    p.after === addDims(second.shape[axis]!, q.after);
  if (!meets) return undefined;
  const parts = (x: Tensor) =>
    x.op === "concat" && (x.attributes as AttributesOf<"concat">).axis === axis ? x.inputs : [x];
  const both = b.concat(...parts(first), ...parts(second), { axis });
  return b.pad(both, { axis, before: p.before, after: q.after });
}

export const add: Op<"add"> = binary({
  simplify: (b, [x, y]) => joined(b, x, y) ?? joined(b, y, x),
  gradient: (_, _x, _y, dy) => [dy, dy],
  onnx: "Add",
  tensorflow: "AddV2",
  element: ["add", 0, 1],
  reference: (x, y) => x + y,
});

export const sub: Op<"sub"> = binary({
  gradient: (b, _x, _y, dy) => [dy, b.neg(dy)],
  onnx: "Sub",
  tensorflow: "Sub",
  element: ["sub", 0, 1],
  reference: (x, y) => x - y,
});

export const mul: Op<"mul"> = binary({
  gradient: (b, x, y, dy) => [b.mul(dy, y), b.mul(dy, x)],
  onnx: "Mul",
  tensorflow: "Mul",
  element: ["mul", 0, 1],
  reference: (x, y) => x * y,
});

export const div: Op<"div"> = binary({
  gradient: (b, _x, y, dy, quotient) => {
    const dx = b.div(dy, y);
    return [dx, b.neg(b.mul(dx, quotient))];
  },
  onnx: "Div",
  tensorflow: "RealDiv",
  element: ["div", 0, 1],
  reference: (x, y) => x / y,
});

/** Of int64 numbers that are not negative, what is left of x after the greatest multiple of y. Without a gradient. */
export const remainder: Op<"remainder"> = binary({
  gradient: () => [null, null],
  onnx: "Mod",
  tensorflow: "FloorMod",
  reference: (x, y) => x % y,
});

/** The larger of two; where they are equal the first has the gradient. */
export const maximum: Op<"maximum"> = binary({
  gradient: (b, x, y, dy) => {
    const first = b.greaterOrEqual(x, y);
    return [b.where(first, dy, 0), b.where(first, 0, dy)];
  },
  onnx: "Max",
  tensorflow: "Maximum",
  reference: (x, y) => (Number.isNaN(x) || x >= y ? x : y),
});

/** The smaller of two; where they are equal the first has the gradient. */
export const minimum: Op<"minimum"> = binary({
  gradient: (b, x, y, dy) => {
    const first = b.lessOrEqual(x, y);
    return [b.where(first, dy, 0), b.where(first, 0, dy)];
  },
  onnx: "Min",
  tensorflow: "Minimum",
  reference: (x, y) => (Number.isNaN(x) || x <= y ? x : y),
});

/** x limited to [low, high]; no gradient outside. */
export const clip: Op<"clip"> = {
  shape: ([x]) => x.shape,
  gradient: (b, [x], dy, { output }) => [b.where(b.equal(x, output), dy, 0)],
  onnx: (graph, [x], { low, high }, { output }) =>
    graph.node("Clip", [x, graph.scalar(low, output.dtype), graph.scalar(high, output.dtype)]),
  tensorflow: (graph, [x], { low, high }, { output }) =>
    graph.math("ClipByValue", x, graph.scalar(low, output.dtype), graph.scalar(high, output.dtype)),
  reference: ([x], { low, high }, { dims }) => mapArrays(dims, [x], (e) => Math.min(Math.max(e!, low), high)),
};

export const neg: Op<"neg"> = unary({
  gradient: (b, _, dy) => b.neg(dy),
  onnx: "Neg",
  tensorflow: "Neg",
  reference: (x) => -x,
});

export const square: Op<"square"> = unary({
  gradient: (b, x, dy) => b.mul(b.mul(dy, 2), x),
  onnx: (graph, [x]) => graph.node("Mul", [x, x]),
  tensorflow: "Square",
  element: ["mul", 0, 0],
  reference: (x) => x * x,
});

export const exp: Op<"exp"> = unary({
  gradient: (b, _, dy, y) => b.mul(dy, y),
  onnx: "Exp",
  tensorflow: "Exp",
  reference: Math.exp,
});

/** Natural logarithm. */
export const log: Op<"log"> = unary({
  gradient: (b, x, dy) => b.div(dy, x),
  onnx: "Log",
  tensorflow: "Log",
  reference: Math.log,
});

export const sqrt: Op<"sqrt"> = unary({
  gradient: (b, _, dy, y) => b.div(b.mul(dy, 0.5), y),
  onnx: "Sqrt",
  tensorflow: "Sqrt",
  element: ["sqrt", 0],
  reference: Math.sqrt,
});

/** 1 / sqrt(x). */
export const rsqrt: Op<"rsqrt"> = unary({
  gradient: (b, x, dy, y) => b.div(b.mul(b.mul(dy, -0.5), y), x),
  onnx: (graph, [x]) => graph.node("Reciprocal", [graph.node("Sqrt", [x])]),
  tensorflow: "Rsqrt",
  reference: (x) => 1 / Math.sqrt(x),
});

export const abs: Op<"abs"> = unary({
  gradient: (b, x, dy) => b.mul(dy, b.sign(x)),
  onnx: "Abs",
  tensorflow: "Abs",
  reference: Math.abs,
});

/** -1, 0 or 1; its gradient is zero. */
export const sign: Op<"sign"> = {
  ...unary({ gradient: (_, _x, dy) => dy, onnx: "Sign", tensorflow: "Sign", reference: Math.sign }),
  gradient: () => [null],
};

const BFLOAT16 = 16;

/** x rounded to the 8 significant bits of a bfloat16, ties to even, as float32; its gradient is zero, as that of steps. */
export const roundBfloat16: Op<"roundBfloat16"> = {
  ...unary({
    gradient: (_, _x, dy) => dy,
    onnx: (graph, [x]) =>
      graph.node("Cast", [graph.node("Cast", [x], { to: BFLOAT16 })], { to: graph.elementType("float32") }),
    tensorflow: (graph, [x]) => graph.cast(graph.cast(x, "bfloat16"), "float32"),
    reference: nearestBfloat16,
  }),
  gradient: () => [null],
};

/** By the bits of a float32: half a step less the last bit that stays is added, and the lower half cut off. */
function nearestBfloat16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  if (!Number.isFinite(x)) return x;
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

export const sin: Op<"sin"> = unary({
  gradient: (b, x, dy) => b.mul(dy, b.cos(x)),
  onnx: "Sin",
  tensorflow: "Sin",
  reference: Math.sin,
});

export const cos: Op<"cos"> = unary({
  gradient: (b, x, dy) => b.neg(b.mul(dy, b.sin(x))),
  onnx: "Cos",
  tensorflow: "Cos",
  reference: Math.cos,
});
