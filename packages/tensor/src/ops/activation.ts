import type { TensorflowGraph } from "../lower/tensorflow-graph";
import { unary } from "./elementwise";
import type { Op } from "./op";

/** 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x; by the all-positive series (Abramowitz & Stegun 1964, 7.1.6). */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export const erf: Op<"erf"> = unary({
  gradient: (b, x, dy) => b.mul(b.mul(dy, 2 / Math.sqrt(Math.PI)), b.exp(b.neg(b.square(x)))),
  onnx: "Erf",
  tensorflow: "Erf",
  reference: errorFunction,
});

const normalCdf = (x: number) => 0.5 * (1 + errorFunction(x * Math.SQRT1_2));
const normalDensity = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** x / sqrt(2). */
function scaledDown(graph: TensorflowGraph, x: string): string {
  return graph.math("Mul", x, graph.scalar(Math.SQRT1_2));
}

function normalCdfNode(graph: TensorflowGraph, x: string): string {
  const half = graph.math("Mul", graph.math("Erf", scaledDown(graph, x)), graph.scalar(0.5));
  return graph.math("AddV2", half, graph.scalar(0.5));
}

/** Gaussian error linear unit, exact form: x * Phi(x) (Hendrycks & Gimpel 2016, eq. 2). */
export const gelu: Op<"gelu"> = unary({
  gradient: (b, x, dy) => b.mul(dy, b.geluSlope(x)),
  onnx: "Gelu",
  tensorflow: (graph, [x]) => graph.math("Mul", x, normalCdfNode(graph, x)),
  reference: (x) => x * normalCdf(x),
});

/**
 * Derivative of gelu: Phi(x) + x * phi(x). In ONNX with u = x / sqrt(2) it is (1 + erf(u)) / 2 + u / exp(u^2) / sqrt(pi),
 * in as few passes over memory as its nodes allow: HardSigmoid is the affine map (1 + e) / 2 in one pass, exact because
 * erf stays inside [-1, 1], and dividing by exp(u^2) saves a negation (where it overflows the quotient is 0, as it must).
 */
export const geluSlope: Op<"geluSlope"> = unary({
  gradient: (b, x, dy) => {
    const squared = b.square(x);
    const density = b.mul(b.exp(b.mul(squared, -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return b.mul(dy, b.mul(density, b.sub(2, squared)));
  },
  onnx: (graph, [x]) => {
    const u = graph.node("Mul", [x, graph.scalar(Math.SQRT1_2)]);
    const cdf = graph.node("HardSigmoid", [graph.node("Erf", [u])], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
    const bell = graph.node("Div", [u, graph.node("Exp", [graph.node("Mul", [u, u])])]);
    return graph.node("Add", [cdf, graph.node("Mul", [bell, graph.scalar(1 / Math.sqrt(Math.PI))])]);
  },
  tensorflow: (graph, [x]) => {
    // Three ops of one element each, which TensorFlow makes one pass over memory of.
    const density = graph.math("Exp", graph.math("Neg", graph.math("Square", scaledDown(graph, x))));
    const scaled = graph.math("Mul", graph.math("Mul", x, graph.scalar(1 / Math.sqrt(2 * Math.PI))), density);
    return graph.math("AddV2", normalCdfNode(graph, x), scaled);
  },
  reference: (x) => normalCdf(x) + x * normalDensity(x),
});

/** GELU's approximation by tanh, as GPT-2 and Gemma use it: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
export const geluTanh: Op<"geluTanh"> = unary({
  gradient: (b, x, dy) => {
    const squared = b.square(x);
    const inner = b.mul(b.mul(x, b.add(b.mul(squared, 0.044715), 1)), Math.sqrt(2 / Math.PI));
    const t = b.tanh(inner);
    const slope = b.mul(x, b.add(b.mul(squared, 3 * 0.044715), 1));
    const bend = b.mul(b.mul(slope, b.sub(1, b.square(t))), Math.sqrt(2 / Math.PI));
    return b.mul(b.mul(dy, 0.5), b.add(b.add(t, 1), bend));
  },
  onnx: (graph, [x]) => graph.node("Gelu", [x], { approximate: "tanh" }),
  tensorflow: (graph, [x]) => {
    const bent = graph.math(
      "AddV2",
      graph.math("Mul", graph.math("Square", x), graph.scalar(0.044715)),
      graph.scalar(1),
    );
    const inner = graph.math("Mul", graph.math("Mul", x, graph.scalar(Math.sqrt(2 / Math.PI))), bent);
    const share = graph.math("AddV2", graph.math("Tanh", inner), graph.scalar(1));
    return graph.math("Mul", graph.math("Mul", x, graph.scalar(0.5)), share);
  },
  reference: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
});

export const relu: Op<"relu"> = unary({
  gradient: (b, _, dy, y) => b.mul(dy, b.sign(y)),
  onnx: "Relu",
  tensorflow: "Relu",
  reference: (x) => Math.max(x, 0),
});

export const tanh: Op<"tanh"> = unary({
  gradient: (b, _, dy, y) => b.mul(dy, b.sub(1, b.square(y))),
  onnx: "Tanh",
  tensorflow: "Tanh",
  reference: Math.tanh,
});

export const sigmoid: Op<"sigmoid"> = unary({
  gradient: (b, _, dy, y) => {
    const scaled = b.mul(dy, y);
    return b.sub(scaled, b.mul(scaled, y));
  },
  onnx: "Sigmoid",
  tensorflow: "Sigmoid",
  reference: (x) => 1 / (1 + Math.exp(-x)),
});

/** log(1 + e^x) without overflow: -log sigma(r_i - r_j) is softplus(r_j - r_i). */
export const softplus: Op<"softplus"> = unary({
  gradient: (b, x, dy) => b.mul(dy, b.sigmoid(x)),
  onnx: "Softplus",
  tensorflow: "Softplus",
  reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
});

/** x * sigmoid(x) (Hendrycks & Gimpel 2016; Swish with beta 1). */
export const silu: Op<"silu"> = unary({
  gradient: (b, x, dy, y) => {
    const s = b.sigmoid(x);
    return b.mul(dy, b.add(s, b.sub(y, b.mul(y, s))));
  },
  onnx: (graph, [x]) => graph.node("Mul", [x, graph.node("Sigmoid", [x])]),
  tensorflow: (graph, [x]) => graph.math("Mul", x, graph.math("Sigmoid", x)),
  reference: (x) => x / (1 + Math.exp(-x)),
});
