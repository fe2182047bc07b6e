export type DType = "float32" | "int64" | "bool";

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

export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof BigInt64Array ? "int64" : "bool";
}
