import type { Builder } from "../builder";
import { ShapeMismatch } from "../errors";
import type { OnnxGraph } from "../lower/onnx-graph";
import type { TensorflowGraph } from "../lower/tensorflow-graph";
import { shapeText } from "../shape";
import type { AttributesOf, InputsOf } from "../signatures";
import type { Tensor } from "../tensor";
import { fold, mapArrays, type NdArray } from "./array";
import { sumTo } from "./elementwise";
import type { ArraysOf, NamesOf, Op } from "./op";

type Inputs = InputsOf<"layerNorm", Tensor>;
type Epsilon = AttributesOf<"layerNorm">;

function checkNorm([x, scale, bias]: Inputs): void {
  const width = x.shape.at(-1);
  if ([scale, bias].every((p) => p.shape.length === 1 && p.shape[0] === width)) return;
  throw new ShapeMismatch(
    `layerNorm takes x [..., h], scale [h] and bias [h], not ${[x, scale, bias].map((i) => shapeText(i.shape)).join(", ")}`,
  );
}

/** ONNX computes the three values in one node; asking for each gives the same node, because equal nodes are shared. */
function normNode(
  graph: OnnxGraph,
  inputs: NamesOf<Inputs>,
  { epsilon }: Epsilon,
): [y: string, mean: string, inverse: string] {
  const outputs = graph.nodes("LayerNormalization", [...inputs], { axis: -1, epsilon: { float: epsilon } }, 3);
  return outputs as [string, string, string];
}

/** TensorFlow has no such node: the steps, each once for all three values. */
function statisticsNodes(graph: TensorflowGraph, x: string, { epsilon }: Epsilon, [input]: Inputs) {
  const last = [input.shape.length - 1];
  const mean = graph.reduce("Mean", x, last, true);
  const centred = graph.math("Sub", x, mean);
  const variance = graph.reduce("Mean", graph.math("Square", centred), last, true);
  const inverse = graph.math("Rsqrt", graph.math("AddV2", variance, graph.scalar(epsilon)));
  return { mean, centred, inverse };
}

function statistics([x]: ArraysOf<Inputs>, { epsilon }: Epsilon): { mean: NdArray; inverse: NdArray } {
  const last = [x.dims.length - 1];
  const width = x.dims.at(-1)!;
  const sum = fold(x, last, 0, (s, e) => s + e);
  const mean = mapArrays(sum.dims, [sum], (s) => s! / width);
  const squares = fold(
    mapArrays(x.dims, [x, mean], (e, m) => (e! - m!) ** 2),
    last,
    0,
    (s, e) => s + e,
  );
  return { mean, inverse: mapArrays(sum.dims, [squares], (s) => 1 / Math.sqrt(s! / width + epsilon)) };
}

function normalized(b: Builder, [x, scale, bias]: Inputs, epsilon: Epsilon): Tensor {
  return b.mul(
    b.sub(x, b.layerNormMean(x, scale, bias, epsilon)),
    b.layerNormInverseDeviation(x, scale, bias, epsilon),
  );
}

/** Layer normalisation over the last axis (Ba et al. 2016, eq. 4): (x - mean) / sqrt(variance + epsilon) * scale + bias. */
export const layerNorm: Op<"layerNorm"> = {
  shape: (inputs) => {
    checkNorm(inputs);
    return inputs[0].shape;
  },
  gradient: (b, inputs, dy, { attributes }) => {
    const [x, scale, bias] = inputs;
    const last = { axes: [x.shape.length - 1], keepDims: true };
    const unit = normalized(b, inputs, attributes);
    const weighted = b.mul(dy, unit);
    const scaled = b.mul(dy, scale);
    const along = b.mul(unit, b.reduceMean(b.mul(weighted, scale), last));
    const dx = b.mul(
      b.sub(b.sub(scaled, b.reduceMean(scaled, last)), along),
      b.layerNormInverseDeviation(...inputs, attributes),
    );
    return [dx, sumTo(b, weighted, scale.shape), sumTo(b, dy, bias.shape)];
  },
  onnx: (graph, names, attributes) => normNode(graph, names, attributes)[0],
  tensorflow: (graph, names, attributes, { inputs }) => {
    const { centred, inverse } = statisticsNodes(graph, names[0], attributes, inputs);
    const unit = graph.math("Mul", centred, inverse);
    return graph.math("AddV2", graph.math("Mul", unit, names[1]), names[2]);
  },
  reference: (inputs, attributes, { dims }) => {
    const { mean, inverse } = statistics(inputs, attributes);
    return mapArrays(
      dims,
      [inputs[0], mean, inverse, inputs[1], inputs[2]],
      (x, m, d, s, c) => (x! - m!) * d! * s! + c!,
    );
  },
};

/** Mean over the last axis [..., 1], as layerNorm of the same inputs saves it. */
export const layerNormMean: Op<"layerNormMean"> = {
  shape: (inputs) => {
    checkNorm(inputs);
    return [...inputs[0].shape.slice(0, -1), 1];
  },
  gradient: (b, [x], dy) => [b.expand(b.div(dy, b.count({ of: x.shape.at(-1)! })), { shape: x.shape }), null, null],
  onnx: (graph, names, attributes) => normNode(graph, names, attributes)[1],
  tensorflow: (graph, names, attributes, { inputs }) => statisticsNodes(graph, names[0], attributes, inputs).mean,
  reference: (inputs, attributes) => statistics(inputs, attributes).mean,
};

/** 1 / sqrt(variance + epsilon) over the last axis [..., 1], as layerNorm of the same inputs saves it. */
export const layerNormInverseDeviation: Op<"layerNormInverseDeviation"> = {
  shape: (inputs) => {
    checkNorm(inputs);
    return [...inputs[0].shape.slice(0, -1), 1];
  },
  gradient: (b, inputs, dy, { attributes, output }) => {
    const [x] = inputs;
    const share = b.div(b.mul(dy, b.square(output)), b.count({ of: x.shape.at(-1)! }));
    return [b.neg(b.mul(normalized(b, inputs, attributes), share)), null, null];
  },
  onnx: (graph, names, attributes) => normNode(graph, names, attributes)[2],
  tensorflow: (graph, names, attributes, { inputs }) => statisticsNodes(graph, names[0], attributes, inputs).inverse,
  reference: (inputs, attributes) => statistics(inputs, attributes).inverse,
};
