import onnxProto from "onnx-proto";

const { AttributeProto, TensorProto: Tensors } = onnxProto.onnx;
const { AttributeType } = AttributeProto;
type ModelProto = onnxProto.onnx.IModelProto;
type NodeProto = onnxProto.onnx.INodeProto;
type TensorProto = onnxProto.onnx.ITensorProto;
type GraphProto = onnxProto.onnx.IGraphProto;

/** Where onnxruntime's own operators live, beside the standard's. */
const domain = "com.microsoft";
const toHeads = [0, 2, 1, 3];
const lastTwo = [0, 1, 3, 2];

/**
 * The model with each attention of as many key heads as query heads as one node, onnxruntime's MultiHeadAttention: scores
 * begin as the bias that they are added to and stay in the cache until they are weights, and heads are split and joined on
 * the way. Found by its form,
 *
 *     Reshape(Transpose(MatMul(Softmax(Add(MatMul(q [* scale], k^T), bias)), v)))    q, k, v = Transpose(Reshape(x))
 *
 * and left alone where it is anything else (shared key heads, rotated or capped). Queries are as many as keys, or one. The
 * bias, of any shape that stretches to [n, heads, queries, t], is stretched once for all layers that share it. Where a batch
 * has no padding, so that all of it is zero, an If takes the operator without a bias, which onnxruntime computes in blocks
 * that stay in the cache (Dao et al. 2022, algorithm 1).
 */
export function fuseAttention(model: ModelProto): ModelProto {
  const { node = [], initializer = [] } = model.graph!;
  const graph = new Reading(node!, initializer!, model.graph!.output!);
  const biases = new Set<string>();
  const fused = new Map<NodeProto, NodeProto[]>();
  for (const each of node!) {
    const found = attentionAt(graph, each);
    if (!found) continue;
    const { stretched } = partsOf(found);
    const ofBias = biases.has(stretched) ? [] : preparedBias(found);
    biases.add(stretched);
    fused.set(each, [...ofBias, ...nodesOf(found, each.output![0]!)]);
  }
  if (fused.size === 0) return model;
  const nodes = node!.flatMap((each) => fused.get(each) ?? [each]);
  const used = reached(nodes, model.graph!.output!);
  const read = new Set(used.flatMap(readBy));
  return {
    ...model,
    opsetImport: [...model.opsetImport!, { domain, version: 1 }],
    graph: {
      ...model.graph,
      node: used,
      initializer: [...initializer!, ...Object.values(constants)].filter(({ name }) => read.has(name!)),
    },
  };
}

/** An attention's operands: names of [n, t, heads, d], and of the bias. */
interface Attention {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly bias: string;
  /** Whether there is one query a row, and not one a key. */
  readonly single: boolean;
  readonly heads: number;
  readonly scale: number;
}

/** The attention whose heads the Transpose `last` joins. */
function attentionAt(graph: Reading, last: NodeProto): Attention | undefined {
  if (!isTranspose(last, toHeads) || !graph.onlyReshaped(last)) return undefined;
  const mixed = graph.made(last.input![0]!, "MatMul");
  const weights = mixed && graph.made(mixed.input![0]!, "Softmax");
  const added = weights && graph.made(weights.input![0]!, "Add");
  const value = mixed && graph.heads(mixed.input![1]!);
  if (!added || !value || Number(attribute(weights, "axis")?.i) !== 3) return undefined;
  for (const [scores, bias] of [added.input!, [...added.input!].reverse()] as [string, string][]) {
    const product = graph.made(scores, "MatMul");
    const turned = product && graph.made(product.input![1]!, "Transpose");
    const key = turned && isTranspose(turned, lastTwo) ? graph.heads(turned.input![0]!) : undefined;
    const scaled = product && graph.scaled(product.input![0]!);
    const query = scaled && graph.heads(scaled.value);
    if (!key || !query || [key, value].some(({ count }) => count !== query.count)) continue;
    const operands = { query: query.whole, key: key.whole, value: value.whole, bias };
    return { ...operands, single: query.single, heads: query.count, scale: scaled.scale };
  }
  return undefined;
}

/** The nodes that compute it as `output`, [n, t, heads * d]. */
function nodesOf(attention: Attention, output: string): NodeProto[] {
  const { heads, scale } = attention;
  const operands = (["query", "key", "value"] as const).map((role) => {
    const name = `${output}/${role}`;
    return { name, opType: "Reshape", input: [attention[role], constants.joined.name!], output: [name] };
  });
  const branch = (name: string, extra: readonly string[]) => {
    const branched = `${output}/${name}`;
    const node = {
      name: branched,
      opType: "MultiHeadAttention",
      domain,
      input: [...operands.map((operand) => operand.name), ...extra],
      output: [branched],
      attribute: [integer("num_heads", heads), { name: "scale", type: AttributeType.FLOAT, f: scale }],
    };
    const leaving = { name: branched, type: { tensorType: { elemType: Tensors.DataType.FLOAT } } };
    return { name: branched, node: [node], output: [leaving] };
  };
  const { isZero, stretched } = partsOf(attention);
  return [
    ...operands,
    {
      name: `${output}/attention`,
      opType: "If",
      input: [isZero],
      output: [output],
      attribute: [
        subgraph("then_branch", branch("without bias", [])),
        subgraph("else_branch", branch("with bias", ["", "", stretched])),
      ],
    },
  ];
}

/** What is made of a bias once: whether all of it is zero, and it as the operator wants it. */
function partsOf({ bias, single }: Attention) {
  const name = single ? `${bias}/one query` : bias;
  return { name, isZero: `${name}/is zero`, stretched: `${name}/stretched` };
}

/**
 * The nodes that make them: the bias [n or 1, heads or 1, queries, t], or where it is zero, and nothing reads it, as it is.
 */
function preparedBias(attention: Attention): NodeProto[] {
  const { name, isZero, stretched } = partsOf(attention);
  const { bias, key, single } = attention;
  const [one, zero] = [constants.one.name!, constants.zero.name!];
  const of = (part: string) => `${name}/${part}`;
  const node = (opType: string, input: string[], output: string, attribute: NodeProto["attribute"] = []) => ({
    name: output,
    opType,
    input,
    output: [output],
    attribute,
  });
  return [
    node("Abs", [bias], of("size")),
    node("ReduceMax", [of("size")], of("largest"), [integer("keepdims", 0)]),
    node("Equal", [of("largest"), zero], isZero),
    node("Shape", [key], of("length"), [integer("start", 1), integer("end", 2)]),
    node("Where", [isZero, one, single ? one : of("length")], of("queries")),
    node("Concat", [one, one, of("queries"), of("length")], of("shape"), [integer("axis", 0)]),
    node("Expand", [bias, of("shape")], stretched),
  ];
}

function integer(name: string, i: number) {
  return { name, type: AttributeType.INT, i };
}

function subgraph(name: string, g: GraphProto) {
  return { name, type: AttributeType.GRAPH, g };
}

/** What the new nodes read: [n, t, heads, d] joined to [n, t, heads * d], 1, and 0. */
const constants = {
  joined: ints("attention/joined", [0, 0, -1]),
  one: ints("attention/one", [1]),
  zero: { name: "attention/zero", dataType: Tensors.DataType.FLOAT, dims: [], rawData: new Uint8Array(4) },
};

function ints(name: string, values: readonly number[]): TensorProto {
  const { buffer } = BigInt64Array.from(values, BigInt);
  return { name, dataType: Tensors.DataType.INT64, dims: [values.length], rawData: new Uint8Array(buffer) };
}

/** A graph, asked for what made a value. */
class Reading {
  private readonly makers: Map<string, NodeProto>;
  private readonly readers = new Map<string, NodeProto[]>();
  private readonly stored: Map<string, TensorProto>;
  private readonly leaving: Set<string>;

  constructor(
    nodes: readonly NodeProto[],
    initializers: readonly TensorProto[],
    outputs: readonly { readonly name?: string | null }[],
  ) {
    this.makers = new Map(nodes.flatMap((node) => node.output!.map((output) => [output, node] as const)));
    this.stored = new Map(initializers.map((tensor) => [tensor.name!, tensor] as const));
    this.leaving = new Set(outputs.map(({ name }) => name!));
    for (const node of nodes)
      for (const input of node.input!) this.readers.set(input, [...(this.readers.get(input) ?? []), node]);
  }

  /** The node that makes a value, where it is of that operator. */
  made(value: string, opType: string): NodeProto | undefined {
    const node = this.makers.get(value);
    return node?.opType === opType ? node : undefined;
  }

  /** Whether all that becomes of a node's output is its elements in another shape. */
  onlyReshaped({ output }: NodeProto): boolean {
    const readers = this.readers.get(output![0]!) ?? [];
    return !this.leaving.has(output![0]!) && readers.length > 0 && readers.every(({ opType }) => opType === "Reshape");
  }

  /** [n, heads, t, d] as it was split: the name of [n, t, heads, d], how many heads, and whether t is 1. */
  heads(value: string): { readonly whole: string; readonly count: number; readonly single: boolean } | undefined {
    const turned = this.made(value, "Transpose");
    const split = turned && isTranspose(turned, toHeads) ? this.made(turned.input![0]!, "Reshape") : undefined;
    if (!split) return undefined;
    const [shape] = split.input!.slice(1) as [string];
    const count = this.sizeAt(shape, 2);
    return count ? { whole: split.output![0]!, count, single: this.sizeAt(shape, 1) === 1 } : undefined;
  }

  /** A value before it was multiplied by a stored number, and the number; itself and 1 where it was not. */
  scaled(value: string): { readonly value: string; readonly scale: number } {
    const product = this.made(value, "Mul");
    const factor = product && this.stored.get(product.input![1]!);
    if (factor?.dataType !== Tensors.DataType.FLOAT || factor.dims!.length > 0) return { value, scale: 1 };
    const { buffer, byteOffset } = factor.rawData!;
    return { value: product!.input![0]!, scale: new Float32Array(buffer, byteOffset, 1)[0]! };
  }

  /** An entry of the shape that a Reshape is given, where it is known: of a stored one, or of one put together. */
  private sizeAt(shape: string, at: number): number | undefined {
    const parts = this.made(shape, "Concat");
    const [stored, index] = parts ? [this.stored.get(parts.input![at]!), 0] : [this.stored.get(shape), at];
    if (stored === undefined) return undefined;
    const { buffer, byteOffset } = stored.rawData!;
    return Number(new BigInt64Array(buffer, byteOffset, stored.dims![0] as number)[index]);
  }
}

function isTranspose(node: NodeProto, permutation: readonly number[]): boolean {
  return node.opType === "Transpose" && attribute(node, "perm")?.ints?.join() === permutation.join();
}

function attribute({ attribute: all }: NodeProto, name: string) {
  return all?.find((each) => each.name === name);
}

/** The names that a node reads, its branches included. */
function readBy({ input, attribute: all }: NodeProto): string[] {
  return [...input!, ...(all ?? []).flatMap(({ g }) => g?.node?.flatMap(readBy) ?? [])];
}

/** The nodes that the outputs need, in their order. */
function reached(nodes: readonly NodeProto[], outputs: readonly { readonly name?: string | null }[]): NodeProto[] {
  const needed = new Set(outputs.map(({ name }) => name!));
  const used: NodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.output!.some((output) => needed.has(output))) continue;
    for (const name of readBy(node)) needed.add(name);
    used.push(node);
  }
  return used.reverse();
}
