import { type DType, dtypeOf, type TensorData } from "../data";
import { UnboundDimension } from "../errors";
import { elementCount } from "../ops/array";
import { type Dim, type Shape, termsOf } from "../shape";
import type { Tensor } from "../tensor";
import { Message } from "./protobuf";

/** Element types of nodes: those of tensors, the int32 of sizes and feeds, what numbers are rounded to, a variable's handle. */
export type NodeType = DType | "int32" | "bfloat16" | "resource";
/** A number is an integer. */
type Attribute =
  | number
  | boolean
  | string
  | { readonly float: number }
  | { readonly type: NodeType }
  | { readonly shape: Shape }
  | { readonly tensor: Message };

/** Numbers of tensorflow/core/framework/types.proto. */
const typeNumbers: Record<NodeType, number> = { float32: 1, int32: 3, int64: 9, bool: 10, bfloat16: 14, resource: 20 };

/** The nodes of one GraphDef while it is written. Equal nodes, constants and sizes exist once. */
export class TensorflowGraph {
  private readonly nodeDefs: Message[] = [];
  private readonly shared = new Map<string, string>();
  private readonly largeConstants = new Map<TensorData, string>();
  private readonly types = new Map<string, NodeType>();
  /** Values of the fed and resident tensors of the signature in hand, and where the size of each name can be read. */
  private leaves = new Map<string, string>();
  private sizes = new Map<string, { value: string; axis: number }>();

  /** Adds a node with one output of a type (or finds its equal) and returns the output's name. */
  node(op: string, inputs: readonly string[], attributes: Record<string, Attribute>, type: NodeType): string {
    const key = JSON.stringify([op, inputs, attributes]);
    const known = this.shared.get(key);
    if (known) return known;
    const name = this.add(op, inputs, attributes);
    this.shared.set(key, name);
    this.types.set(name, type);
    return name;
  }

  /** A node whose inputs and output have one element type, its attribute T. */
  math(op: string, ...inputs: string[]): string {
    const type = this.typeOf(inputs[0]!);
    return this.node(op, inputs, { T: { type } }, type);
  }

  typeOf(value: string): NodeType {
    return this.types.get(value)!;
  }

  cast(value: string, to: NodeType): string {
    const from = this.typeOf(value);
    return from === to ? value : this.node("Cast", [value], { SrcT: { type: from }, DstT: { type: to } }, to);
  }

  /** Begins another signature: what is fed in it, and what its parameters are read from. */
  bind(leaves: ReadonlyMap<string, string>, tensors: readonly Tensor[]): void {
    this.leaves = new Map(leaves);
    this.sizes = new Map();
    for (const { name, shape } of tensors) {
      shape.forEach((dim, axis) => {
        if (typeof dim === "string" && !this.sizes.has(dim)) this.sizes.set(dim, { value: leaves.get(name!)!, axis });
      });
    }
  }

  /** The value of an input or parameter in the signature in hand. */
  leaf(name: string): string {
    return this.leaves.get(name)!;
  }

  /** What a run feeds, of any size along symbolic axes. */
  placeholder(type: NodeType, shape: Shape): string {
    const name = this.add("Placeholder", [], { dtype: { type }, shape: { shape } });
    this.types.set(name, type);
    return name;
  }

  /** The handle of a float32 variable that lives as long as the session. */
  variable(name: string, shape: readonly number[]): string {
    const attributes = { dtype: { type: "float32" }, shape: { shape }, shared_name: name } as const;
    return this.node("VarHandleOp", [], attributes, "resource");
  }

  /** Its value once every `after` has run. */
  read(handle: string, after: readonly string[] = []): string {
    const inputs = [handle, ...after.map((name) => `^${name}`)];
    return this.node("ReadVariableOp", inputs, { dtype: { type: "float32" } }, "float32");
  }

  /** Stores a value in a variable, after every `before` has run. Returns the node's name: it has no output. */
  assign(handle: string, value: string, before: readonly string[]): string {
    return this.effect("AssignVariableOp", [handle, value], { dtype: { type: "float32" } }, before);
  }

  /** A variable's value as it is after `after`, times a number, in the variable's own memory. */
  shrink(handle: string, factor: string, after: readonly string[], before: readonly string[]): string {
    const taken = this.math("Mul", this.read(handle, after), this.math("Sub", this.scalar(1), factor));
    return this.effect("AssignSubVariableOp", [handle, taken], { dtype: { type: "float32" } }, before);
  }

  /** A node that changes variables, after every `before` has run. Returns its name: it has no output. */
  effect(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute>,
    before: readonly string[],
  ): string {
    return this.add(op, [...inputs, ...before.map((name) => `^${name}`)], attributes);
  }

  /** A value that is there once every `before` has run. */
  after(before: readonly string[]): string {
    const tensor = tensorOf(Uint8Array.of(1), []);
    const name = this.add(
      "Const",
      before.map((each) => `^${each}`),
      { dtype: { type: "bool" }, value: { tensor } },
    );
    this.types.set(name, "bool");
    return name;
  }

  /** Small data is shared by content, large data by identity. */
  constant(data: TensorData | Int32Array, dims: readonly number[]): string {
    const type = data instanceof Int32Array ? "int32" : dtypeOf(data);
    const isLarge = data.length > 64 && !(data instanceof Int32Array);
    const content = isLarge ? undefined : Array.from(data as Iterable<number | bigint>, (e) => textOf(e));
    const key = JSON.stringify(["Const", type, dims, content]);
    const known = isLarge ? this.largeConstants.get(data) : this.shared.get(key);
    if (known) return known;
    const name = this.add("Const", [], { dtype: { type }, value: { tensor: tensorOf(data, dims) } });
    this.types.set(name, type);
    if (isLarge) this.largeConstants.set(data, name);
    else this.shared.set(key, name);
    return name;
  }

  scalar(value: number, type: NodeType = "float32"): string {
    if (type === "float32") return this.constant(Float32Array.of(value), []);
    if (type === "int32") return this.constant(Int32Array.of(value), []);
    return this.constant(type === "int64" ? BigInt64Array.of(BigInt(value)) : Uint8Array.of(value), []);
  }

  /** int32 [length]. */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant(Int32Array.from(values), dims);
  }

  /** A size at run time, int32 []. */
  dim(dim: Dim): string {
    if (typeof dim === "number") return this.scalar(dim, "int32");
    const terms = termsOf(dim).map(({ coefficient, names }) => {
      const factors = [
        ...(coefficient === 1 && names.length > 0 ? [] : [this.scalar(coefficient, "int32")]),
        ...names.map((name) => this.size(name)),
      ];
      return factors.reduce((product, factor) => this.math("Mul", product, factor));
    });
    return terms.reduce((sum, term) => this.math("AddV2", sum, term));
  }

  /** Sizes at run time, int32 [rank]. */
  shape(shape: Shape): string {
    if (shape.every((dim) => typeof dim === "number")) return this.ints(shape);
    const sizes = shape.map((dim) => this.dim(dim));
    return this.node("Pack", sizes, { N: shape.length, T: { type: "int32" }, axis: 0 }, "int32");
  }

  /** x in another shape of as many elements: by a constant where "what is left" says enough. */
  reshape(x: string, shape: Shape): string {
    const unknown = shape.filter((dim) => typeof dim !== "number").length;
    const target =
      unknown <= 1 && !shape.includes(0)
        ? this.ints(shape.map((dim) => (typeof dim === "number" ? dim : -1)))
        : this.shape(shape);
    const type = this.typeOf(x);
    return this.node("Reshape", [x, target], { T: { type }, Tshape: { type: "int32" } }, type);
  }

  transpose(x: string, permutation: readonly number[]): string {
    const type = this.typeOf(x);
    return this.node("Transpose", [x, this.ints(permutation)], { T: { type }, Tperm: { type: "int32" } }, type);
  }

  /** The rows of a table, along its first axis, by int64 indices. */
  rows(table: string, indices: string): string {
    const type = this.typeOf(table);
    const attributes = { Tparams: { type }, Tindices: { type: "int64" }, Taxis: { type: "int32" } } as const;
    return this.node("GatherV2", [table, indices, this.scalar(0, "int32")], attributes, type);
  }

  /** For two dimensions too: TensorFlow's MatMul goes to a sgemm that knows no bfloat16 mode, this one to oneDNN. */
  product(x: string, y: string, transposeX = false, transposeY = false): string {
    const attributes = { T: { type: "float32" }, adj_x: transposeX, adj_y: transposeY } as const;
    return this.node("BatchMatMulV2", [x, y], attributes, "float32");
  }

  fill(value: number, shape: Shape, type: DType = "float32"): string {
    const attributes = { T: { type }, index_type: { type: "int32" } } as const;
    return this.node("Fill", [this.shape(shape), this.scalar(value, type)], attributes, type);
  }

  /** Sum, Mean, Max and the like over axes. */
  reduce(op: string, x: string, axes: readonly number[], keepDims: boolean): string {
    const type = this.typeOf(x);
    const attributes = { T: { type }, Tidx: { type: "int32" }, keep_dims: keepDims } as const;
    return this.node(op, [x, this.ints(axes)], attributes, type);
  }

  /** A tensorflow.GraphDef. */
  message(): Message {
    const graph = new Message();
    for (const node of this.nodeDefs) graph.bytes(1, node);
    return graph.bytes(4, new Message().int(1, graphVersion).int(2, oldestReader));
  }

  private size(name: string): string {
    const at = this.sizes.get(name);
    if (!at) throw new UnboundDimension(`no input of the graph has an axis of size "${name}": add one`);
    const shape = this.node(
      "Shape",
      [at.value],
      { T: { type: this.typeOf(at.value) }, out_type: { type: "int32" } },
      "int32",
    );
    const from = [shape, this.ints([at.axis]), this.ints([at.axis + 1]), this.ints([1])];
    const attributes = { T: { type: "int32" }, Index: { type: "int32" }, shrink_axis_mask: 1 } as const;
    return this.node("StridedSlice", from, attributes, "int32");
  }

  /** A tensorflow.NodeDef. */
  private add(op: string, inputs: readonly string[], attributes: Record<string, Attribute>): string {
    const name = `${op}_${this.nodeDefs.length}`;
    const node = new Message().bytes(1, name).bytes(2, op);
    for (const input of inputs) node.bytes(3, input);
    node.map(
      5,
      Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)]),
    );
    this.nodeDefs.push(node);
    return name;
  }
}

/** GraphDef version of TensorFlow 2.21, and the oldest that reads what is written here. */
const graphVersion = 2395;
const oldestReader = 12;

/** JSON knows no -0, infinities or NaN, which must stay apart. */
function textOf(element: number | bigint): string {
  return Object.is(element, -0) ? "-0" : String(element);
}

export function typeNumber(type: NodeType): number {
  return typeNumbers[type];
}

/** A tensorflow.TensorShapeProto; a symbolic size is -1, any. */
export function shapeMessage(shape: Shape): Message {
  const message = new Message();
  for (const dim of shape) message.bytes(2, new Message().int(1, typeof dim === "number" ? dim : -1));
  return message;
}

/** A tensorflow.TensorProto. */
function tensorOf(data: TensorData | Int32Array, dims: readonly number[]): Message {
  if (elementCount(dims) !== data.length) throw new RangeError(`${data.length} elements do not fill [${dims}]`);
  return new Message()
    .int(1, typeNumbers[data instanceof Int32Array ? "int32" : dtypeOf(data)])
    .bytes(2, shapeMessage(dims))
    .bytes(4, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** A tensorflow.AttrValue. */
function attributeMessage(value: Attribute): Message {
  const message = new Message();
  if (typeof value === "number") return message.int(3, value);
  if (typeof value === "boolean") return message.int(5, value);
  if (typeof value === "string") return message.bytes(2, value);
  if ("float" in value) return message.float(4, value.float);
  if ("type" in value) return message.int(6, typeNumbers[value.type]);
  return "shape" in value ? message.bytes(7, shapeMessage(value.shape)) : message.bytes(8, value.tensor);
}
