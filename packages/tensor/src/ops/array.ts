/** A dense row-major array in float64: what the reference interpreter computes with. Integers and booleans are numbers too. */
export interface NdArray {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function zeros(dims: readonly number[]): NdArray {
  return { dims, data: new Float64Array(elementCount(dims)) };
}

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Row-major strides of an array read as the (larger) `dims` it broadcasts to: 0 along stretched axes. */
function broadcastStrides(from: readonly number[], dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(0);
  let stride = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    if (from[axis] !== 1) strides[axis + dims.length - from.length] = stride;
    stride *= from[axis]!;
  }
  return strides;
}

/** Calls `visit` for every index of `dims` in order, with the offset that `strides` gives it. */
function walk(
  dims: readonly number[],
  strides: readonly number[][],
  visit: (at: number, offsets: number[]) => void,
): void {
  const index = new Array<number>(dims.length).fill(0);
  const offsets = new Array<number>(strides.length).fill(0);
  const count = elementCount(dims);
  for (let at = 0; at < count; at++) {
    visit(at, offsets);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      for (let s = 0; s < strides.length; s++) offsets[s]! += strides[s]![axis]!;
      if (index[axis]! < dims[axis]!) break;
      for (let s = 0; s < strides.length; s++) offsets[s]! -= strides[s]![axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
}

/** Elementwise over arrays that broadcast to `dims`. */
export function mapArrays(
  dims: readonly number[],
  arrays: readonly NdArray[],
  f: (...elements: number[]) => number,
): NdArray {
  const out = zeros(dims);
  const strides = arrays.map((array) => broadcastStrides(array.dims, dims));
  const elements = new Array<number>(arrays.length).fill(0);
  walk(dims, strides, (at, offsets) => {
    for (let i = 0; i < arrays.length; i++) elements[i] = arrays[i]!.data[offsets[i]!]!;
    out.data[at] = f(...elements);
  });
  return out;
}

/** The array with its axes in the order of `permutation`. */
export function permute(x: NdArray, permutation: readonly number[]): NdArray {
  const own = broadcastStrides(x.dims, x.dims);
  const out = zeros(permutation.map((axis) => x.dims[axis]!));
  walk(out.dims, [permutation.map((axis) => own[axis]!)], (at, [from]) => {
    out.data[at] = x.data[from!]!;
  });
  return out;
}

/** Folds `x` over `axes` (kept as size 1). */
export function fold(
  x: NdArray,
  axes: readonly number[],
  start: number,
  f: (sum: number, element: number) => number,
): NdArray {
  const out = zeros(x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)));
  out.data.fill(start);
  walk(x.dims, [broadcastStrides(out.dims, x.dims)], (at, [to]) => {
    out.data[to!] = f(out.data[to!]!, x.data[at]!);
  });
  return out;
}

/** Views an array as [outer, length, inner] round one axis, for ops that work along it. */
export function alongAxis(dims: readonly number[], axis: number): { outer: number; length: number; inner: number } {
  return { outer: elementCount(dims.slice(0, axis)), length: dims[axis]!, inner: elementCount(dims.slice(axis + 1)) };
}
