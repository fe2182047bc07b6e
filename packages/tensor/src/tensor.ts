import type { OpName } from "./ops/index";
import type { Shape } from "./shape";

export type DType = "float32" | "int64" | "bool";

/**
 * One immutable value in a graph: the op that makes it, from which inputs and attributes. Nothing is computed until a
 * graph is evaluated or lowered; sharing a tensor shares the computation.
 */
export interface Tensor {
  readonly op: OpName;
  readonly inputs: readonly Tensor[];
  readonly attributes: object;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of an input or a parameter. */
  readonly name?: string;
}

/** Arrays as they enter and leave a graph: float32, int64, and bool as bytes 0 and 1. */
export type TensorData = Float32Array | BigInt64Array | Uint8Array;
export interface Value<D extends TensorData | Float64Array = TensorData> {
  readonly data: D;
  readonly dims: readonly number[];
}
/** Values by the names of inputs and parameters. Names that a graph does not know are ignored. */
export type Feeds = Readonly<Record<string, Value>>;

/** float32 value, copied from numbers when it is not yet an array of that type. */
export function float32(
  data: Float32Array | readonly number[],
  dims: readonly number[] = [data.length],
): Value<Float32Array> {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), dims };
}

/** int64 value of integers, such as token ids. */
export function int64(
  data: BigInt64Array | Int32Array | readonly number[],
  dims: readonly number[] = [data.length],
): Value<BigInt64Array> {
  return { data: data instanceof BigInt64Array ? data : BigInt64Array.from(data as readonly number[], BigInt), dims };
}

/** The tensors that `outputs` are made of, each once, inputs before what uses them. Iterative: graphs are deep. */
export function topologicalOrder(outputs: Iterable<Tensor>): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (!done.has(output)) stack.push({ tensor: output, next: 0 });
    done.add(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.tensor.inputs[top.next++];
      if (input === undefined) {
        order.push(top.tensor);
        stack.pop();
      } else if (!done.has(input)) {
        done.add(input);
        stack.push({ tensor: input, next: 0 });
      }
    }
  }
  return order;
}
