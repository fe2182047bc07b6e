import type { Builder } from "../build";
import type { OnnxGraph } from "../lower/onnx-graph";
import type { Dim, Shape } from "../shape";
import type { DType, Tensor } from "../tensor";
import type { NdArray } from "./array";

export type NoAttributes = Record<never, never>;

/**
 * What is known of one op: a record with a column for every use. A record without a column does not compile.
 * `I` are its inputs, `A` its attributes. Issue 5 adds one column here, and one entry to every record:
 *
 *     tensorflow(graph: TensorflowGraph, inputs: ValuesOf<I>, attributes: A, node: Use<I>): string;
 */
export interface Op<I extends readonly Tensor[] = readonly Tensor[], A extends object = NoAttributes> {
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
  /** An equal tensor that is cheaper, from algebra alone; nothing where there is none. */
  simplify?(build: Builder, inputs: I, attributes: A): Tensor | undefined;
  /** Adjoint of each input, in the input's shape, from the adjoint `dy` of the result; null for an input without one. */
  gradient(build: Builder, inputs: I, dy: Tensor, use: Use<I, A>): readonly (Tensor | null)[];
  /** Adds nodes to `graph` and returns the name of the value. */
  onnx(graph: OnnxGraph, inputs: NamesOf<I>, attributes: A, use: Use<I, A>): string;
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

/** A record as the walks see it, which know no op by name. */
export type AnyOp = Op<readonly Tensor[], object>;
export type Unary = Op<readonly [x: Tensor]>;
export type Binary = Op<readonly [x: Tensor, y: Tensor]>;
