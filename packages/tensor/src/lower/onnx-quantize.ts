import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
type ModelProto = onnxProto.onnx.IModelProto;
type NodeProto = onnxProto.onnx.INodeProto;
type TensorProto = onnxProto.onnx.ITensorProto;

/** Largest magnitude of a number in a table: symmetric, so that the zero point is 0 and padding a table costs nothing. */
const LARGEST = 127;
/**
 * Largest magnitude of a weight in a product. A processor without VNNI adds pairs of products of 8 bits in 16, and stops at
 * their largest number: up to here two products of an activation (at most 255) fit, so that every machine has one result.
 */
const LARGEST_FACTOR = 64;
/** A thinner matrix, such as a head, is nothing to gain by and much to lose. */
const THINNEST = 16;

/**
 * The model with its matrices and embedding tables as int8, a quarter of the size: each column of a matrix (in 7 bits, see
 * LARGEST_FACTOR) and each row of a table has a scale of its own (symmetric, per channel), and what a matrix is multiplied by is quantised as it comes, a
 * scale a tensor (dynamic quantisation; Jacob et al. 2018). Products run in integers: DynamicQuantizeLinear, MatMulInteger
 * and the rescaling behind it are what onnxruntime fuses into one kernel. Everything else stays float32.
 *
 * Replaced are Gemm with a stored second operand and Gather from a stored table, where neither side is thin.
 */
export function quantizeModel(model: ModelProto): ModelProto {
  const { node = [], initializer = [] } = model.graph!;
  const stored = new Map(initializer!.map((tensor) => [tensor.name!, tensor] as const));
  const made = new Map<string, TensorProto>();
  const activations = new Map<string, Quantized>();
  const nodes = node!.flatMap((each): NodeProto[] => {
    const matrix = stored.get(each.input![1] ?? "");
    const table = stored.get(each.input![0] ?? "");
    if (each.opType === "Gemm" && isMatrix(matrix) && intOf(each, "transA") === 0)
      return product(each, matrix, made, activations);
    if (each.opType === "Gather" && isMatrix(table)) return lookup(each, table, made);
    return [each];
  });
  const read = new Set(nodes.flatMap(({ input }) => input!));
  const kept = initializer!.filter(({ name }) => read.has(name!));
  return { ...model, graph: { ...model.graph, node: nodes, initializer: [...kept, ...made.values()] } };
}

/** Names of a quantised tensor, its scale and its zero point. */
interface Quantized {
  readonly values: string;
  readonly scale: string;
  readonly zero: string;
}

/** x W + bias, with x quantised once for all matrices that read it. */
function product(
  gemm: NodeProto,
  weight: TensorProto,
  made: Map<string, TensorProto>,
  activations: Map<string, Quantized>,
): NodeProto[] {
  const [input, , bias] = gemm.input as [string, string, string | undefined];
  const [output] = gemm.output as [string];
  const known = activations.get(input);
  const x = known ?? { values: `${input}/as int8`, scale: `${input}/of int8`, zero: `${input}/zero of int8` };
  activations.set(input, x);
  const w = storeMatrix(weight, intOf(gemm, "transB") === 1, made);
  const node = (opType: string, from: readonly string[], to: string, attribute: NodeProto["attribute"] = []) => ({
    name: `${to}/${opType}`,
    opType,
    input: [...from],
    output: [to],
    attribute,
  });
  const of = (part: string) => `${output}/${part}`;
  const scaled = bias ? of("product") : output;
  return [
    ...(known
      ? []
      : [{ name: `${input}/quantize`, opType: "DynamicQuantizeLinear", input: [input], output: Object.values(x) }]),
    node("MatMulInteger", [x.values, w.values, x.zero, w.zero], of("integers")),
    node("Cast", [of("integers")], of("floats"), [{ name: "to", type: INT, i: onnx.TensorProto.DataType.FLOAT }]),
    node("Mul", [x.scale, w.scale], of("scale")),
    node("Mul", [of("floats"), of("scale")], scaled),
    ...(bias ? [node("Add", [scaled, bias], output)] : []),
  ];
}

/** Rows of the table and their scales, looked up apart. */
function lookup(gather: NodeProto, table: TensorProto, made: Map<string, TensorProto>): NodeProto[] {
  const [, indices] = gather.input as [string, string];
  const [output] = gather.output as [string];
  const { values, scale } = storeTable(table, made);
  const of = (part: string) => `${output}/${part}`;
  const attribute = gather.attribute ?? [];
  return [
    { name: of("rows"), opType: "Gather", input: [values, indices], output: [of("integers")], attribute },
    {
      name: of("cast"),
      opType: "Cast",
      input: [of("integers")],
      output: [of("floats")],
      attribute: [{ name: "to", type: INT, i: onnx.TensorProto.DataType.FLOAT }],
    },
    { name: of("scales"), opType: "Gather", input: [scale, indices], output: [of("scale")], attribute },
    { name: of("rescale"), opType: "Mul", input: [of("floats"), of("scale")], output: [output] },
  ];
}

/** The matrix as int8 [in, out] with scales [out] and zero points [out]. */
function storeMatrix(weight: TensorProto, transposed: boolean, made: Map<string, TensorProto>): Quantized {
  const [rows, columns] = weight.dims as [number, number];
  const [inward, out] = transposed ? [columns, rows] : [rows, columns];
  const strides = transposed ? { inward: 1, out: columns } : { inward: columns, out: 1 };
  const data = floatsOf(weight);
  const values = new Int8Array(inward * out);
  const scales = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    const scale = largestOf(data, { start: o * strides.out, stride: strides.inward, count: inward }) / LARGEST_FACTOR;
    scales[o] = scale;
    for (let i = 0; i < inward; i++)
      values[i * out + o] = Math.round(data[o * strides.out + i * strides.inward]! / scale);
  }
  const { INT8, FLOAT } = onnx.TensorProto.DataType;
  const stem = `${weight.name}${transposed ? "" : "/as is"}`; // one matrix may be read either way
  return {
    values: store(made, `${stem}/int8`, INT8, [inward, out], values),
    scale: store(made, `${stem}/scale`, FLOAT, [out], scales),
    zero: store(made, `${stem}/zero`, INT8, [out], new Int8Array(out)),
  };
}

/** The table as int8 [rows, width] with scales [rows, 1]. */
function storeTable(table: TensorProto, made: Map<string, TensorProto>): Omit<Quantized, "zero"> {
  const [rows, width] = table.dims as [number, number];
  const data = floatsOf(table);
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const scale = largestOf(data, { start: row * width, stride: 1, count: width }) / LARGEST;
    scales[row] = scale;
    for (let at = row * width; at < (row + 1) * width; at++) values[at] = Math.round(data[at]! / scale);
  }
  const { INT8, FLOAT } = onnx.TensorProto.DataType;
  return {
    values: store(made, `${table.name}/rows`, INT8, [rows, width], values),
    scale: store(made, `${table.name}/row scales`, FLOAT, [rows, 1], scales),
  };
}

/** The largest magnitude of some numbers; 1 where all are zero. */
function largestOf(
  data: Float32Array,
  { start, stride, count }: { start: number; stride: number; count: number },
): number {
  let largest = 0;
  for (let k = 0; k < count; k++) largest = Math.max(largest, Math.abs(data[start + k * stride]!));
  return largest || 1;
}

function store(
  made: Map<string, TensorProto>,
  name: string,
  dataType: number,
  dims: number[],
  data: Int8Array | Float32Array,
): string {
  made.set(name, { name, dataType, dims, rawData: new Uint8Array(data.buffer) });
  return name;
}

const INT = onnx.AttributeProto.AttributeType.INT;

function isMatrix(tensor: TensorProto | undefined): tensor is TensorProto {
  const dims = tensor?.dims as number[] | undefined;
  return tensor?.dataType === onnx.TensorProto.DataType.FLOAT && dims?.length === 2 && Math.min(...dims) >= THINNEST;
}

function intOf({ attribute }: NodeProto, name: string): number {
  return Number(attribute?.find((each) => each.name === name)?.i ?? 0);
}

function floatsOf({ rawData }: TensorProto): Float32Array {
  const { buffer, byteOffset, byteLength } = rawData as Uint8Array;
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}
