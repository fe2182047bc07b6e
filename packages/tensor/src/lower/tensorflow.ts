import { NameClash } from "../errors";
import { isFed } from "../feeds";
import { ops } from "../ops/index";
import { type Tensor, topologicalOrder } from "../tensor";
import { leavesOf } from "./leaves";
import { Message } from "./protobuf";
import { type NodeType, shapeMessage, TensorflowGraph, typeNumber } from "./tensorflow-graph";
import { kernelUpdates, shrinkage } from "./tensorflow-kernels";

/** One way to run the graph: what goes in and comes out, and what changes in the session. */
export interface TensorflowSignature {
  /** Inputs to feed first, which may be there for their sizes only; the others follow as they are found. */
  readonly inputs?: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** New values of resident parameters, computed from the old ones; stored once nothing reads those any more. */
  readonly updates?: Readonly<Record<string, Tensor>>;
}

export interface TensorflowLowering {
  readonly signatures: Readonly<Record<string, TensorflowSignature>>;
  /** Parameters that live in the session as variables, with their shapes. The others are fed. */
  readonly resident: ReadonlyMap<string, readonly number[]>;
}

/** What a session needs to run a signature. */
export interface LoweredSignature {
  /** Inputs and parameters to feed. */
  readonly fed: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Fetched with every signature that updates, so that its updates run. */
export const doneName = "done";

/**
 * A SavedModel (a serialised tensorflow.SavedModel, tagged "serve") with one signature for each of `signatures`. Integers
 * go in and come out as int32, for TensorFlow.js has no int64; inside they are int64. Feeds and fetches of a signature
 * are named by their place, since TensorFlow's names are narrower than ours: "0", "1" and so on.
 */
export function lowerTensorflow({ signatures, resident }: TensorflowLowering): {
  readonly model: Uint8Array;
  readonly signatures: Readonly<Record<string, LoweredSignature>>;
} {
  const graph = new TensorflowGraph();
  const lowered: Record<string, LoweredSignature> = {};
  const definitions: [string, Message][] = [];
  for (const [name, signature] of Object.entries(signatures)) {
    const { fed, definition } = lowerSignature(graph, signature, resident);
    lowered[name] = { fed, outputs: signature.outputs };
    definitions.push([name, definition]);
  }
  const metaGraph = new Message()
    .bytes(1, new Message().bytes(4, "serve"))
    .bytes(2, graph.message())
    .map(5, definitions);
  return { model: new Message().int(1, 1).bytes(2, metaGraph).encode(), signatures: lowered };
}

function lowerSignature(
  graph: TensorflowGraph,
  { inputs = [], outputs, updates = {} }: TensorflowSignature,
  resident: TensorflowLowering["resident"],
): { fed: Tensor[]; definition: Message } {
  const { fused, others } = kernelUpdates(updates);
  const operandsOf = fused.flatMap(({ operands }) => Object.values(operands));
  const order = topologicalOrder([...Object.values(outputs), ...Object.values(others), ...operandsOf]);
  const late = fused.flatMap(({ first }) => (first ? [first] : []));
  const leaves = leavesOf([...order, ...topologicalOrder(late)], inputs);
  const isResident = ({ op, name }: Tensor) => op === "parameter" && resident.has(name!);
  const fed = leaves.filter((leaf) => !isResident(leaf));
  const clash = fed.find(({ name }) => name! in outputs);
  if (clash) throw new NameClash(`"${clash.name}" names an output and something fed: rename the output`);
  const placeholders = fed.map(({ dtype, shape }) => graph.placeholder(wireType(dtype), shape));
  const values = new Map<string, string>();
  fed.forEach((leaf, i) => {
    values.set(leaf.name!, graph.cast(placeholders[i]!, leaf.dtype));
  });
  const reads = new Map<string, string>();
  for (const leaf of leaves.filter(isResident)) {
    const value = graph.read(graph.variable(leaf.name!, resident.get(leaf.name!)!));
    reads.set(leaf.name!, value);
    values.set(leaf.name!, value);
  }
  graph.bind(values, fed);

  const nodeOf = (tensor: Tensor, names: ReadonlyMap<Tensor, string>) => {
    if (isFed(tensor)) return graph.leaf(tensor.name!);
    const operands = tensor.inputs.map((operand) => names.get(operand)!);
    const use = { inputs: tensor.inputs, attributes: tensor.attributes, output: tensor };
    return ops[tensor.op].tensorflow(graph, operands, tensor.attributes, use);
  };
  const names = new Map<Tensor, string>();
  for (const tensor of order) names.set(tensor, nodeOf(tensor, names));
  const variable = (name: string) => graph.variable(name, resident.get(name)!);
  const read = (name: string) => (reads.has(name) ? [reads.get(name)!] : []);
  /** From the variable as it is after `after`: made with the step's first nodes it would fill memory until its last. */
  const madeLate = (value: Tensor, name: string, after: readonly string[]) => {
    const own = new Map<Tensor, string>();
    for (const tensor of topologicalOrder([value])) {
      const isOwn = tensor.op === "parameter" && tensor.name === name;
      own.set(tensor, isOwn ? graph.read(variable(name), after) : nodeOf(tensor, own));
    }
    return own.get(value)!;
  };
  /** What is fed lies where TensorFlow.js has it, which may be the caller's array: a variable would change it in place. */
  const ownValue = (value: Tensor) => {
    const name = names.get(value)!;
    return isFed(value) ? graph.math("DeepCopy", name) : name;
  };
  const storedFirst = (value: Tensor, name: string, after: readonly string[], before: readonly string[]) => {
    const factor = shrinkage(value, name);
    return factor
      ? graph.shrink(variable(name), madeLate(factor, name, after), after, before)
      : graph.assign(variable(name), madeLate(value, name, after), before);
  };
  const assigned = [
    ...Object.entries(others).map(([name, next]) => graph.assign(variable(name), ownValue(next), read(name))),
    ...fused.map(({ kernel, variables, operands, first }) => {
      const subject = variables[kernel.subject]!;
      const readBefore = Object.values(variables).flatMap(read);
      const given = Object.fromEntries(Object.entries(operands).map(([name, tensor]) => [name, names.get(tensor)!]));
      const handles = Object.fromEntries(Object.entries(variables).map(([name, key]) => [name, variable(key)]));
      const before = first ? [storedFirst(first, subject, Object.values(given), readBefore)] : readBefore;
      return kernel.node(graph, { ...handles, ...given }, before);
    }),
  ];
  const fetched = Object.values(outputs).map((tensor) => {
    const value = graph.cast(names.get(tensor)!, wireType(tensor.dtype));
    // A session refuses to fetch what it is fed.
    return placeholders.includes(value) ? graph.math("Identity", value) : value;
  });
  return {
    fed,
    definition: new Message()
      .map(
        1,
        fed.map(({ shape }, i) => [`${i}`, tensorInfo(graph, placeholders[i]!, shape)]),
      )
      .map(2, [
        ...Object.values(outputs).map(
          ({ shape }, i) => [`${i}`, tensorInfo(graph, fetched[i]!, shape)] as [string, Message],
        ),
        ...(assigned.length > 0 ? [[doneName, tensorInfo(graph, graph.after(assigned), [])] as [string, Message]] : []),
      ])
      .bytes(3, "borda"),
  };
}

function wireType(dtype: Tensor["dtype"]): NodeType {
  return dtype === "int64" ? "int32" : dtype;
}

/** A tensorflow.TensorInfo. */
function tensorInfo(graph: TensorflowGraph, name: string, shape: Tensor["shape"]): Message {
  return new Message()
    .bytes(1, `${name}:0`)
    .int(2, typeNumber(graph.typeOf(name)))
    .bytes(3, shapeMessage(shape));
}
