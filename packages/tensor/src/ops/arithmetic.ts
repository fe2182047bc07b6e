import type { Tensor } from "../tensor";
import { mapArrays } from "./array";
import { binary, unary } from "./elementwise";
import type { Binary, Op, Unary } from "./op";

export const add: Binary = binary({ gradient: (_, _x, _y, dy) => [dy, dy], onnx: "Add", reference: (x, y) => x + y });

export const sub: Binary = binary({
  gradient: (b, _x, _y, dy) => [dy, b.neg(dy)],
  onnx: "Sub",
  reference: (x, y) => x - y,
});

export const mul: Binary = binary({
  gradient: (b, x, y, dy) => [b.mul(dy, y), b.mul(dy, x)],
  onnx: "Mul",
  reference: (x, y) => x * y,
});

export const div: Binary = binary({
  gradient: (b, _x, y, dy, quotient) => {
    const dx = b.div(dy, y);
    return [dx, b.neg(b.mul(dx, quotient))];
  },
  onnx: "Div",
  reference: (x, y) => x / y,
});

/** The larger of two; where they are equal the first has the gradient. */
export const maximum: Binary = binary({
  gradient: (b, x, y, dy) => {
    const first = b.greaterOrEqual(x, y);
    return [b.where(first, dy, 0), b.where(first, 0, dy)];
  },
  onnx: "Max",
  reference: (x, y) => (Number.isNaN(x) || x >= y ? x : y),
});

/** The smaller of two; where they are equal the first has the gradient. */
export const minimum: Binary = binary({
  gradient: (b, x, y, dy) => {
    const first = b.lessOrEqual(x, y);
    return [b.where(first, dy, 0), b.where(first, 0, dy)];
  },
  onnx: "Min",
  reference: (x, y) => (Number.isNaN(x) || x <= y ? x : y),
});

/** x limited to [low, high]; no gradient outside. */
export const clip: Op<readonly [x: Tensor], { readonly low: number; readonly high: number }> = {
  shape: ([x]) => x.shape,
  gradient: (b, [x], dy, { output }) => [b.where(b.equal(x, output), dy, 0)],
  onnx: (graph, [x], { low, high }, { output }) =>
    graph.node("Clip", [x, graph.scalar(low, output.dtype), graph.scalar(high, output.dtype)]),
  reference: ([x], { low, high }, { dims }) => mapArrays(dims, [x], (e) => Math.min(Math.max(e!, low), high)),
};

export const neg: Unary = unary({ gradient: (b, _, dy) => b.neg(dy), onnx: "Neg", reference: (x) => -x });

export const square: Unary = unary({
  gradient: (b, x, dy) => b.mul(b.mul(dy, 2), x),
  onnx: (graph, [x]) => graph.node("Mul", [x, x]),
  reference: (x) => x * x,
});

export const exp: Unary = unary({ gradient: (b, _, dy, y) => b.mul(dy, y), onnx: "Exp", reference: Math.exp });

/** Natural logarithm. */
export const log: Unary = unary({ gradient: (b, x, dy) => b.div(dy, x), onnx: "Log", reference: Math.log });

export const sqrt: Unary = unary({
  gradient: (b, _, dy, y) => b.div(b.mul(dy, 0.5), y),
  onnx: "Sqrt",
  reference: Math.sqrt,
});

/** 1 / sqrt(x). */
export const rsqrt: Unary = unary({
  gradient: (b, x, dy, y) => b.div(b.mul(b.mul(dy, -0.5), y), x),
  onnx: (graph, [x]) => graph.node("Reciprocal", [graph.node("Sqrt", [x])]),
  reference: (x) => 1 / Math.sqrt(x),
});

export const abs: Unary = unary({ gradient: (b, x, dy) => b.mul(dy, b.sign(x)), onnx: "Abs", reference: Math.abs });

/** -1, 0 or 1; its gradient is zero. */
export const sign: Unary = {
  ...unary({ gradient: (_, _x, dy) => dy, onnx: "Sign", reference: Math.sign }),
  gradient: () => [null],
};

export const sin: Unary = unary({
  gradient: (b, x, dy) => b.mul(dy, b.cos(x)),
  onnx: "Sin",
  reference: Math.sin,
});

export const cos: Unary = unary({
  gradient: (b, x, dy) => b.neg(b.mul(dy, b.sin(x))),
  onnx: "Cos",
  reference: Math.cos,
});
