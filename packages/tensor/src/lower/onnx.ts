import onnxProto from "onnx-proto";
import { NameClash } from "../errors";
import type { Lowering } from "../executor";
import { ops } from "../ops/index";
import { type Tensor, topologicalOrder } from "../tensor";
import { leavesOf } from "./leaves";
import { OnnxGraph } from "./onnx-graph";

/** Operator set 20 is the first with Gelu; onnxruntime reads it since 1.17, in Node, Python and browsers alike. */
const opset = 20;
const irVersion = 9;

/** An ONNX model (a serialised ModelProto) that computes `outputs`. Uses the standard operators only. */
export function lowerOnnx(lowering: Lowering): Uint8Array {
  return onnxProto.onnx.ModelProto.encode(lowerToModel(lowering)).finish();
}

/** The same before it is serialised; the weights' values are views of what was given. */
export function lowerToModel({ outputs, inputs = [], weights = new Map() }: Lowering): onnxProto.onnx.IModelProto {
  const order = topologicalOrder(Object.values(outputs));
  const leaves = leavesOf(order, inputs);
  const fed = leaves.filter((leaf) => !weights.has(leaf.name!));
  const clash = leaves.find(({ name }) => name! in outputs);
  if (clash) throw new NameClash(`"${clash.name}" names an output and something fed: rename the output`);
  const graph = new OnnxGraph(fed);
  for (const leaf of leaves) {
    const data = weights.get(leaf.name!);
    if (data) graph.initializer(leaf.name!, data, leaf.shape as readonly number[]);
  }
  const names = new Map<Tensor, string>();
  for (const tensor of order) {
    const op = ops[tensor.op];
    const operands = tensor.inputs.map((operand) => names.get(operand)!);
    const use = { inputs: tensor.inputs, attributes: tensor.attributes, output: tensor };
    names.set(tensor, op.onnx(graph, operands, tensor.attributes, use));
  }
  for (const [name, tensor] of Object.entries(outputs)) graph.output(names.get(tensor)!, name);

  return {
    irVersion,
    producerName: "borda",
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "borda",
      node: graph.nodesWithNames(),
      initializer: graph.initializers,
      input: fed.map((leaf) => valueInfo(graph, leaf.name!, leaf)),
      output: Object.entries(outputs).map(([name, tensor]) => valueInfo(graph, name, tensor)),
    },
  };
}

function valueInfo(graph: OnnxGraph, name: string, { shape, dtype }: Tensor): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: graph.elementType(dtype), shape: { dim } } } };
}
