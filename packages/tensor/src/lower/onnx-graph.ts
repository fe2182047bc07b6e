import onnxProto from "onnx-proto";
import { type DType, dtypeOf, type TensorData } from "../data";
import { UnboundDimension } from "../errors";
import { type Dim, type Shape, termsOf } from "../shape";
import type { Tensor } from "../tensor";

const { onnx } = onnxProto;
type Attribute = number | string | readonly number[] | { readonly float: number };

const elementTypes: Record<DType, number> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  int64: onnx.TensorProto.DataType.INT64,
  bool: onnx.TensorProto.DataType.BOOL,
};

/** The nodes and initialisers of one ONNX graph while it is written. Equal nodes, constants and sizes exist once. */
export class OnnxGraph {
  readonly initializers: onnxProto.onnx.ITensorProto[] = [];
  private readonly nodeProtos: onnxProto.onnx.INodeProto[] = [];
  /** Values that leave the graph, and the names under which they do. */
  private readonly renamed = new Map<string, string>();
  private readonly shared = new Map<string, string[]>();
  private readonly constants = new Map<TensorData, string>();
  /** Where the size of each name can be read: an input and its axis. */
  private readonly sizes = new Map<string, { input: string; axis: number }>();

  constructor(inputs: readonly Tensor[]) {
    for (const { name, shape } of inputs) {
      shape.forEach((dim, axis) => {
        if (typeof dim === "string" && !this.sizes.has(dim)) this.sizes.set(dim, { input: name!, axis });
      });
    }
  }

  /** Adds a node with one output (or finds its equal) and returns the output's name. */
  node(opType: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.nodes(opType, inputs, attributes, 1)[0]!;
  }

  /** The same for a node with several outputs. */
  nodes(opType: string, inputs: readonly string[], attributes: Record<string, Attribute>, outputs: number): string[] {
    const key = JSON.stringify([opType, inputs, attributes]);
    const known = this.shared.get(key);
    if (known) return known;
    const stem = `${opType}_${this.nodeProtos.length}`;
    const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? stem : `${stem}_${i}`));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodeProtos.push({ name: stem, opType, input: [...inputs], output: names, attribute });
    this.shared.set(key, names);
    return names;
  }

  /**
   * Lets a value leave the graph under a name of its own. The node that makes it takes that name: an Identity would be a
   * copy, for onnxruntime keeps one whose value is used elsewhere too.
   */
  output(value: string, name: string): void {
    const producer = this.nodeProtos.find((node) => node.output!.includes(value));
    if (!producer || this.renamed.has(value)) {
      this.nodeProtos.push({ name: `output_${name}`, opType: "Identity", input: [value], output: [name] });
    } else {
      this.renamed.set(value, name);
    }
  }

  /** The nodes in order, each after the nodes that it reads. */
  nodesWithNames(): onnxProto.onnx.INodeProto[] {
    const final = (value: string) => this.renamed.get(value) ?? value;
    return this.nodeProtos.map((node) => ({ ...node, input: node.input!.map(final), output: node.output!.map(final) }));
  }

  /** The value fed as an input or parameter. */
  input(name: string): string {
    return name;
  }

  elementType(dtype: DType): number {
    return elementTypes[dtype];
  }

  /** Data as an initialiser. Small data is shared by content, large data by identity. */
  constant(data: TensorData, dims: readonly number[]): string {
    const key =
      data.length <= 64
        ? JSON.stringify([data.constructor.name, dims, Array.from(data as Iterable<number | bigint>, String)])
        : undefined;
    const known = key ? this.shared.get(key)?.[0] : this.constants.get(data);
    if (known) return known;
    const name = `constant_${this.initializers.length}`;
    this.initializer(name, data, dims);
    if (key) this.shared.set(key, [name]);
    else this.constants.set(data, name);
    return name;
  }

  initializer(name: string, data: TensorData, dims: readonly number[]): void {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dataType: elementTypes[dtypeOf(data)], dims: [...dims], rawData });
  }

  scalar(value: number, dtype: DType = "float32"): string {
    if (dtype === "float32") return this.constant(Float32Array.of(value), []);
    return this.constant(dtype === "int64" ? BigInt64Array.of(BigInt(value)) : Uint8Array.of(value), []);
  }

  /** int64 [length]. */
  ints(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** A size at run time, int64 [1]. */
  dim(dim: Dim): string {
    if (typeof dim === "number") return this.ints([dim]);
    const terms = termsOf(dim).map(({ coefficient, names }) => {
      const factors = [
        ...(coefficient === 1 && names.length > 0 ? [] : [this.ints([coefficient])]),
        ...names.map((name) => this.size(name)),
      ];
      return factors.reduce((product, factor) => this.node("Mul", [product, factor]));
    });
    return terms.reduce((sum, term) => this.node("Add", [sum, term]));
  }

  /** A size at run time, int64 []. */
  scalarOf(dim: Dim): string {
    return typeof dim === "number" ? this.scalar(dim, "int64") : this.node("Squeeze", [this.dim(dim), this.ints([0])]);
  }

  /** Sizes at run time, int64 [rank]. */
  shape(shape: Shape): string {
    if (shape.every((dim) => typeof dim === "number")) return this.ints(shape);
    return shape.length === 1
      ? this.dim(shape[0]!)
      : this.node(
          "Concat",
          shape.map((dim) => this.dim(dim)),
          { axis: 0 },
        );
  }

  /** The second input of Reshape: constant wherever "the same as before" and "what is left" say enough. */
  reshapeTarget(from: Shape, to: Shape): string {
    const target = to.map((dim, axis) => (typeof dim === "number" ? dim : dim === from[axis] ? 0 : -1));
    return target.filter((dim) => dim === -1).length <= 1 && !to.includes(0) ? this.ints(target) : this.shape(to);
  }

  private size(name: string): string {
    const at = this.sizes.get(name);
    if (!at) throw new UnboundDimension(`no input of the graph has an axis of size "${name}": add one`);
    return this.node("Shape", [at.input], { start: at.axis, end: at.axis + 1 });
  }
}

function attributeProto(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return { name, type: types.INT, i: value };
  if (typeof value === "string") return { name, type: types.STRING, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: types.FLOAT, f: value.float };
  return { name, type: types.INTS, ints: [...value] };
}
