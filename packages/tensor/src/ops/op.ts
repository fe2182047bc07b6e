import type { Builder } from "../builder";
import type { DType } from "../data";
import type { FloatInstruction } from "../lower/float-pass";
import type { OnnxGraph } from "../lower/onnx-graph";
import type { TensorflowGraph } from "../lower/tensorflow-graph";
import type { Dim, Shape } from "../shape";
import type { AttributesOf, InputsOf, OpName } from "../signatures";
import type { Tensor } from "../tensor";
import type { NdArray } from "./array";

/** What is known of the op of a name: its record in the table. */
export type Op<K extends OpName> = Columns<InputsOf<K, Tensor>, AttributesOf<K>>;
/** A record as the walks see it, which know no op by name. */
export type AnyOp = Columns<readonly Tensor[], object>;

/**
 * A column for every use of an op with inputs `I` and attributes `A`; a record without one does not compile.
 * Another lowering joins as one column here, and with it one entry in every record.
 */
export interface Columns<I extends readonly Tensor[], A extends object> {
  /** Shape of the result; throws ShapeMismatch where the inputs do not fit. */
  shape(inputs: I, attributes: A): Shape;
  /** Element type of the result; that of the first input where this is left out. */
  dtype?(inputs: I, attributes: A): DType;
  /** Attributes in their one canonical form (axes from the front, defaults filled in), so that equal uses look equal. */
  normalize?(attributes: A, inputs: I): A;
  /** The inputs stretch to one another by NumPy's rule, so that an input need not be expanded first. */
  readonly broadcasts?: true;
  /** The result is its input stretched: an op that `broadcasts` may take the input in its place. */
  readonly stretches?: true;
  /** The one instruction that makes an element of the result, and of which inputs: what lets an op into an update loop. */
  readonly element?: readonly [FloatInstruction, ...inputs: number[]];
  /** An equal tensor that is cheaper, from algebra alone; nothing where there is none. */
  simplify?(build: Builder, inputs: I, attributes: A): Tensor | undefined;
  /** Adjoint of each input, in the input's shape, from the adjoint `dy` of the result; null for an input without one. */
  gradient(build: Builder, inputs: I, dy: Tensor, use: Use<I, A>): readonly (Tensor | null)[];
  /** Adds nodes to `graph` and returns the name of the value. */
  onnx(graph: OnnxGraph, inputs: NamesOf<I>, attributes: A, use: Use<I, A>): string;
  /** The same for TensorFlow. */
  tensorflow(graph: TensorflowGraph, inputs: NamesOf<I>, attributes: A, use: Use<I, A>): string;
  /** The value in float64, the definition that the lowerings are tested against. */
  reference(inputs: ArraysOf<I>, attributes: A, output: ReferenceOutput): NdArray;
}

/** One tensor that the op makes: its inputs, attributes and itself. */
export interface Use<I, A> {
  readonly inputs: I;
  readonly attributes: A;
  readonly output: Tensor;
}

/** What the interpreter knows of the result before it is computed. */
export interface ReferenceOutput {
  readonly dims: readonly number[];
  /** The size of a symbolic dimension in this run. */
  resolve(dim: Dim): number;
}

export type NamesOf<I extends readonly Tensor[]> = { [K in keyof I]: string };
export type ArraysOf<I extends readonly Tensor[]> = { [K in keyof I]: NdArray };

export type Unary = Op<"neg">;
export type Binary = Op<"add">;
