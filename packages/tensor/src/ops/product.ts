import { ShapeMismatch } from "../errors";
import type { OnnxGraph } from "../lower/onnx-graph";
import { broadcastShapes, type Shape, shapeText } from "../shape";
import type { Tensor } from "../tensor";
import { elementCount, mapArrays, type NdArray, permute, zeros } from "./array";
import { sumTo } from "./elementwise";
import type { Op } from "./op";

const lastTwoSwapped = (rank: number) => [...Array(rank - 2).keys(), rank - 1, rank - 2];

function isSwap(x: Tensor): boolean {
  if (x.op !== "transpose") return false;
  const { permutation } = x.attributes as { permutation: readonly number[] };
  return permutation.length >= 2 && lastTwoSwapped(permutation.length).every((axis, i) => axis === permutation[i]);
}

/** Matrix products [..., m, k] x [..., k, n] -> [..., m, n]; the leading axes broadcast. */
export const matmul: Op<"matmul"> = {
  normalize: ({ transposeX = false, transposeY = false }) => ({ transposeX, transposeY }),
  shape: ([x, y], { transposeX, transposeY }) => {
    const [rows, inner] = rowsAndColumns(x, transposeX);
    const [same, columns] = rowsAndColumns(y, transposeY);
    if (inner !== same)
      throw new ShapeMismatch(`${shapeText(x.shape)} times ${shapeText(y.shape)}: ${inner} meets ${same}`);
    return [...broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2)), rows, columns];
  },
  simplify: (b, [x, y], { transposeX = false, transposeY = false }) => {
    if (isSwap(x)) return b.matmul(x.inputs[0]!, y, { transposeX: !transposeX, transposeY });
    if (isSwap(y)) return b.matmul(x, y.inputs[0]!, { transposeX, transposeY: !transposeY });
    // One tall product is faster than a batch of products with the same matrix.
    if (x.shape.length === 2 || y.shape.length > 2 || transposeX) return undefined;
    const flat = b.matmul(b.reshape(x, { shape: [-1, x.shape.at(-1)!] }), y, { transposeY });
    return b.reshape(flat, { shape: [...x.shape.slice(0, -1), flat.shape[1]!] });
  },
  gradient: (b, [x, y], dz, { attributes: { transposeX = false, transposeY = false } }) => [
    sumTo(
      b,
      transposeX
        ? b.matmul(y, dz, { transposeX: transposeY, transposeY: true })
        : b.matmul(dz, y, { transposeY: !transposeY }),
      x.shape,
    ),
    sumTo(
      b,
      transposeY
        ? b.matmul(dz, x, { transposeX: true, transposeY: transposeX })
        : b.matmul(x, dz, { transposeX: !transposeX }),
      y.shape,
    ),
  ],
  onnx: (graph, [x, y], { transposeX = false, transposeY = false }, { inputs, output }) => {
    if (inputs.every((input) => input.shape.length === 2)) {
      if (transposeX && !transposeY) return downColumns(graph, x, y, output.shape);
      return graph.node("Gemm", [x, y], { transA: Number(transposeX), transB: Number(transposeY) });
    }
    // onnxruntime fuses such a Transpose into its FusedMatMul.
    const operand = (name: string, at: 0 | 1, swap: boolean) =>
      swap ? graph.node("Transpose", [name], { perm: lastTwoSwapped(inputs[at].shape.length) }) : name;
    return graph.node("MatMul", [operand(x, 0, transposeX), operand(y, 1, transposeY)]);
  },
  tensorflow: (graph, [x, y], { transposeX = false, transposeY = false }) =>
    graph.product(x, y, transposeX, transposeY),
  reference: ([x, y], { transposeX, transposeY }, { dims }) =>
    product(
      transposeX ? permute(x, lastTwoSwapped(x.dims.length)) : x,
      transposeY ? permute(y, lastTwoSwapped(y.dims.length)) : y,
      dims,
    ),
};

/**
 * x^T y, as the gradient of every weight is. Where onnxruntime reads a first factor down its columns it takes half as long
 * again, so the narrower factor is turned first, and the result where that is y.
 */
function downColumns(graph: OnnxGraph, x: string, y: string, [m, n]: Shape): string {
  const turned = (name: string) => graph.node("Transpose", [name], { perm: [1, 0] });
  return typeof m === "number" && typeof n === "number" && n < m
    ? turned(graph.node("Gemm", [turned(y), x]))
    : graph.node("Gemm", [turned(x), y]);
}

function rowsAndColumns(x: Tensor, transposed = false) {
  if (x.shape.length < 2)
    throw new ShapeMismatch(`matmul takes matrices, not ${shapeText(x.shape)}: reshape a vector to [1, n] or [n, 1]`);
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  return transposed ? ([columns, rows] as const) : ([rows, columns] as const);
}

function product(x: NdArray, y: NdArray, dims: readonly number[]): NdArray {
  const [m, n] = [dims.at(-2)!, dims.at(-1)!];
  const k = x.dims.at(-1)!;
  const batch = dims.slice(0, -2);
  const index = (array: NdArray) => {
    const own = array.dims.slice(0, -2);
    const each = { dims: own, data: Float64Array.from({ length: elementCount(own) }, (_, i) => i) };
    return mapArrays(batch, [each], (i) => i!).data;
  };
  const [xs, ys] = [index(x), index(y)];
  const out = zeros(dims);
  for (let at = 0; at < xs.length; at++) {
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < k; l++) {
        const factor = x.data[(xs[at]! * m + i) * k + l]!;
        for (let j = 0; j < n; j++) out.data[(at * m + i) * n + j]! += factor * y.data[(ys[at]! * k + l) * n + j]!;
      }
    }
  }
  return out;
}

/** A linear layer: x [..., in] times weight [in, out] plus bias [out] -> [..., out], as one Gemm over all rows. */
export const linear: Op<"linear"> = {
  normalize: ({ outFirst = false }) => ({ outFirst }),
  shape: ([x, weight, bias], { outFirst }) => {
    const [inward, outward] = rowsAndColumns(weight, outFirst);
    if (
      weight.shape.length !== 2 ||
      x.shape.at(-1) !== inward ||
      bias.shape.length !== 1 ||
      bias.shape[0] !== outward
    ) {
      throw new ShapeMismatch(
        `linear takes x [..., in], weight ${outFirst ? "[out, in]" : "[in, out]"} and bias [out], not ${[x, weight, bias].map((i) => shapeText(i.shape)).join(", ")}`,
      );
    }
    return [...x.shape.slice(0, -1), outward];
  },
  simplify: (b, [x, weight, bias], layout) => {
    if (x.shape.length === 2) return undefined;
    const flat = b.linear(b.reshape(x, { shape: [-1, x.shape.at(-1)!] }), weight, bias, layout);
    return b.reshape(flat, { shape: [...x.shape.slice(0, -1), flat.shape[1]!] });
  },
  gradient: (b, [x, weight], dy, { attributes: { outFirst = false } }) => [
    b.matmul(dy, weight, { transposeY: !outFirst }),
    outFirst ? b.matmul(dy, x, { transposeX: true }) : b.matmul(x, dy, { transposeX: true }),
    b.reduceSum(dy, { axes: [0] }),
  ],
  onnx: (graph, inputs, { outFirst }) => graph.node("Gemm", [...inputs], { transB: Number(outFirst) }),
  tensorflow: (graph, [x, weight, bias], { outFirst = false }) =>
    graph.math("AddV2", graph.product(x, weight, false, outFirst), bias),
  reference: ([x, weight, bias], { outFirst }, { dims }) => {
    const y = product(x, outFirst ? permute(weight, [1, 0]) : weight, dims);
    return mapArrays(dims, [y, bias], (e, c) => e! + c!);
  },
};
