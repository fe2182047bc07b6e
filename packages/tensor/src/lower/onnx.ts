import onnxProto from "onnx-proto";
import { NameClash } from "../errors";
import { isFed } from "../feeds";
import { ops } from "../ops/index";
import { type Tensor, topologicalOrder } from "../tensor";
import { OnnxGraph } from "./onnx-graph";

/** Operator set 20 is the first with Gelu; onnxruntime reads it since 1.17, in Node, Python and browsers alike. */
const opset = 20;
const irVersion = 9;

export interface OnnxLowering {
  /** What the graph computes, by the names that its outputs get. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Inputs in the order in which the model lists them; the others follow as they are found. */
  readonly inputs?: readonly Tensor[];
  /** Weights to store in the model, by parameter name; the other parameters become inputs. Together under 2 GB. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
}

/** An ONNX model (a serialised ModelProto) that computes `outputs`. Uses the standard operators only. */
export function lowerOnnx({ outputs, inputs = [], weights = new Map() }: OnnxLowering): Uint8Array {
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

  const { onnx } = onnxProto;
  const model = onnx.ModelProto.create({
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
  });
  return onnx.ModelProto.encode(model).finish();
}

/** Inputs and parameters of a graph, each name once. */
export function leavesOf(order: readonly Tensor[], first: readonly Tensor[] = []): Tensor[] {
  const byName = new Map<string, Tensor>();
  for (const leaf of [...first, ...order.filter(isFed)]) {
    const known = byName.get(leaf.name!);
    if (known && (known.op !== leaf.op || known.dtype !== leaf.dtype || known.shape.join() !== leaf.shape.join())) {
      throw new NameClash(`two different tensors are named "${leaf.name}": rename one`);
    }
    byName.set(leaf.name!, known ?? leaf);
  }
  return [...byName.values()];
}

function valueInfo(graph: OnnxGraph, name: string, { shape, dtype }: Tensor): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: graph.elementType(dtype), shape: { dim } } } };
}
