import type { DType, TensorData } from "./data";
import type { Dim, Shape } from "./shape";

/** Stands for one tensor among the inputs of an op. */
export type Arg = "tensor";
interface Signature<I extends readonly Arg[], A extends object = NoAttributes> {
  readonly inputs: I;
  readonly attributes: A;
}
export type NoAttributes = Record<never, never>;
type Unary = Signature<[x: Arg]>;
type Binary = Signature<[x: Arg, y: Arg]>;
type Norm = Signature<[x: Arg, scale: Arg, bias: Arg], { readonly epsilon: number }>;
type Reduce = Signature<[x: Arg], Reduction>;

export interface Reduction {
  /** Axes to fold; all of them where left out. */
  readonly axes?: readonly number[];
  /** Keep them as axes of size 1. */
  readonly keepDims?: boolean;
}

export interface Span {
  readonly axis: number;
  /** First element; a negative number counts from the end. */
  readonly start: Dim;
  /** After the last element; a negative number counts from the end. */
  readonly end: Dim;
}

/**
 * Every op by its name: what it takes. A line here calls for a record in ops/ and a row in test/ops.table.ts; without
 * either nothing compiles. What an op means stands at its record. Negative axes count from the end.
 */
export interface Signatures {
  input: Signature<[], { readonly name: string; readonly shape: Shape; readonly dtype: DType }>;
  parameter: Signature<[], { readonly name: string; readonly shape: readonly number[] }>;
  constant: Signature<[], { readonly data: TensorData; readonly shape: readonly number[] }>;
  fill: Signature<[], { readonly value: number; readonly shape: Shape; readonly dtype: DType }>;
  range: Signature<[], { readonly size: Dim }>;
  count: Signature<[], { readonly of: Dim }>;

  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  remainder: Binary;
  maximum: Binary;
  minimum: Binary;
  clip: Signature<[x: Arg], { readonly low: number; readonly high: number }>;
  neg: Unary;
  square: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  rsqrt: Unary;
  abs: Unary;
  sign: Unary;
  roundBfloat16: Unary;
  sin: Unary;
  cos: Unary;

  erf: Unary;
  gelu: Unary;
  geluSlope: Unary;
  geluTanh: Unary;
  relu: Unary;
  tanh: Unary;
  sigmoid: Unary;
  softplus: Unary;
  silu: Unary;

  equal: Binary;
  greater: Binary;
  greaterOrEqual: Binary;
  less: Binary;
  lessOrEqual: Binary;
  and: Binary;
  or: Binary;
  not: Unary;
  where: Signature<[condition: Arg, x: Arg, y: Arg]>;
  cast: Signature<[x: Arg], { readonly to: DType }>;

  reshape: Signature<[x: Arg], { readonly shape: Shape }>;
  transpose: Signature<[x: Arg], { readonly permutation: readonly number[] }>;
  expand: Signature<[x: Arg], { readonly shape: Shape }>;
  concat: Signature<Arg[], { readonly axis: number }>;
  slice: Signature<[x: Arg], Span>;
  pad: Signature<[x: Arg], { readonly axis: number; readonly before: Dim; readonly after: Dim }>;

  /** Transposed: the operand's last two axes are read in the other order, without a transpose at run time. */
  matmul: Signature<[x: Arg, y: Arg], { readonly transposeX?: boolean; readonly transposeY?: boolean }>;
  /** outFirst: the weight is stored [out, in], as PyTorch and Hugging Face do; otherwise [in, out]. */
  linear: Signature<[x: Arg, weight: Arg, bias: Arg], { readonly outFirst?: boolean }>;

  reduceSum: Reduce;
  reduceSumSquare: Reduce;
  reduceMean: Reduce;
  reduceMax: Reduce;
  softmax: Signature<[x: Arg], { readonly axis: number }>;
  cumsum: Signature<[x: Arg], { readonly axis: number; readonly reverse?: boolean }>;

  layerNorm: Norm;
  layerNormMean: Norm;
  layerNormInverseDeviation: Norm;

  /** untrained: a row that gets no gradient, as PyTorch's embeddings treat that of their padding_idx. */
  gather: Signature<[table: Arg, indices: Arg], { readonly untrained?: number }>;
  scatterAdd: Signature<[indices: Arg, updates: Arg], { readonly rows: Dim }>;
  pack: Signature<[x: Arg, places: Arg, packed: Arg]>;
  unpack: Signature<[x: Arg, places: Arg, packed: Arg]>;
}

export type OpName = keyof Signatures;
export type AttributesOf<K extends OpName> = Signatures[K]["attributes"];
/** The inputs of an op, each as a T. */
export type InputsOf<K extends OpName, T> = Each<Signatures[K]["inputs"], T>;
type Each<I extends readonly Arg[], T> = { readonly [At in keyof I]: T };
