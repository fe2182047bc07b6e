import { build, constant, type Dim, multiplyDims, type Tensor } from "@borda/tensor";
import { distances, mergeHeads, splitHeads } from "./attention";

/** How far apart two tokens may be told. */
export interface RelativePositions {
  /** Columns of the tables on either side of no distance at all. */
  readonly span: number;
  /** How many distances get a column of their own and share one by logarithm; 0 where each has its own. */
  readonly buckets: number;
  readonly maxPosition: number;
  /** The most tokens of a row. */
  readonly maxLength: number;
}

/**
 * The column of relative position tables for a query's row and a key's column, in 0 .. 2 span - 1: int64 [t, t].
 * Beyond maxLength a distance counts as maxLength - 1.
 */
export function relativeColumns(t: Dim, relative: RelativePositions): Tensor {
  const farthest = relative.maxLength - 1;
  const columns = BigInt64Array.from({ length: 2 * farthest + 1 }, (_, i) => {
    const column = bucketOf(i - farthest, relative) + relative.span;
    return BigInt(Math.min(Math.max(column, 0), 2 * relative.span - 1));
  });
  const behind = build.maximum(build.minimum(distances(t), farthest), -farthest);
  return build.gather(constant(columns), build.add(behind, farthest));
}

/**
 * Distances up to half the buckets are their own, farther ones share by logarithm (He et al. 2023, DeBERTa v3,
 * appendix). In float32, as PyTorch computes it: a bucket ends where the rounded logarithm is whole.
 */
function bucketOf(distance: number, { buckets, maxPosition }: RelativePositions): number {
  if (buckets <= 0 || maxPosition <= 0) return distance;
  const { fround, log } = Math;
  const middle = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (far <= middle) return distance;
  const share = fround(fround(log(fround(far / middle))) / fround(log(fround((maxPosition - 1) / middle))));
  return Math.sign(distance) * (Math.ceil(fround(share * (middle - 1))) + middle);
}

/** Tables of relative positions as attention reads them, each [1, heads, 2 span, d]; either may be left out. */
export interface RelativeTables {
  /** For what a query asks of a position: content to position. */
  readonly keys?: Tensor | undefined;
  /** For what a position asks of a key: position to content. */
  readonly queries?: Tensor | undefined;
  /** int64 [t, t], see relativeColumns. */
  readonly columns: Tensor;
}

/**
 * Disentangled attention (He et al. 2021, eq. 4): content to content, content to position and position to content,
 * together over sqrt(d * factor). query, key, value [n, t, heads * d] -> [n, t, heads * d].
 */
export function disentangledAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  options: { readonly factor: number; readonly tables?: RelativeTables | undefined; readonly bias: Tensor },
): Tensor {
  const [q, k, v] = [query, key, value].map((x) => splitHeads(x, heads)) as [Tensor, Tensor, Tensor];
  const { factor, tables, bias } = options;
  let scores = build.matmul(q, k, { transposeY: true });
  if (tables?.keys) {
    const asked = build.matmul(q, tables.keys, { transposeY: true });
    scores = build.add(scores, pick(asked, tables.columns));
  }
  if (tables?.queries) {
    const asked = build.matmul(k, tables.queries, { transposeY: true });
    // The same columns: a position as a key sees it is the query's, mirrored twice.
    const byKey = pick(asked, build.transpose(tables.columns, { permutation: [1, 0] }));
    scores = build.add(scores, build.transpose(byKey, { permutation: [0, 1, 3, 2] }));
  }
  const scaled = build.mul(scores, ((q.shape.at(-1) as number) * factor) ** -0.5);
  return mergeHeads(build.matmul(build.softmax(build.add(scaled, bias), { axis: -1 }), v));
}

/**
 * From each row i of x [n, heads, t, m] the entries at columns[i] -> [n, heads, t, t]. One row of a table is all rows and
 * heads at one place and column, so that an ordinary gather does it.
 */
function pick(x: Tensor, columns: Tensor): Tensor {
  const [n, heads, t, m] = x.shape as [Dim, number, Dim, number];
  const places = build.transpose(x, { permutation: [2, 3, 0, 1] });
  const table = build.reshape(places, { shape: [multiplyDims(t, m), multiplyDims(n, heads)] });
  const firsts = build.reshape(build.mul(build.range({ size: t }), m), { shape: [t, 1] });
  const picked = build.reshape(build.gather(table, build.add(columns, firsts)), { shape: [t, t, n, heads] });
  return build.transpose(picked, { permutation: [2, 3, 0, 1] });
}
