import { build, type Dim, multiplyDims, type Tensor } from "@borda/tensor";

/** What a forbidden key's score is lowered by: finite, so that a row of padding alone gives numbers and not NaN. */
const forbidden = -1e9;

/** Which keys a query sees, beside the padding that none sees: all, or those not after it; and how far away. */
export interface Sight {
  readonly causal: boolean;
  /** The farthest key that is seen, in tokens: a causal window of w tokens reaches w - 1. All where left out. */
  readonly reach?: number | undefined;
}

/**
 * What is added to attention scores so that no query sees padding: 0 on a token, -1e9 on padding.
 * int64 [n, t] -> [n, 1, 1, t].
 */
export function paddingBias(attentionMask: Tensor): Tensor {
  const [n, t] = [attentionMask.shape[0]!, attentionMask.shape[1]!];
  const bias = build.mul(build.sub(1, build.cast(attentionMask, { to: "float32" })), forbidden);
  return build.reshape(bias, { shape: [n, 1, 1, t] });
}

/** What is added to attention scores for padding and sight together: [n, 1, t, t], or [n, 1, 1, t] where all is seen. */
export function sightBias(attentionMask: Tensor, { causal, reach }: Sight): Tensor {
  const padding = paddingBias(attentionMask);
  if (!causal && reach === undefined) return padding;
  const behind = distances(attentionMask.shape[1]!);
  const tooFar = reach === undefined ? [] : [build.greater(behind, reach)];
  const ahead = causal ? [build.less(behind, 0)] : reach === undefined ? [] : [build.less(behind, -reach)];
  const hidden = [...tooFar, ...ahead].reduce((any, each) => build.or(any, each));
  return build.add(padding, build.mul(build.cast(hidden, { to: "float32" }), forbidden));
}

/** How many tokens the key of a column lies behind the query of a row: int64 [t, t]. */
export function distances(t: Dim): Tensor {
  const positions = build.range({ size: t });
  return build.sub(build.reshape(positions, { shape: [t, 1] }), build.reshape(positions, { shape: [1, t] }));
}

/** [n, t, heads * d] -> [n, heads, t, d] */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [n, t, width] = x.shape as [Dim, Dim, number];
  return build.transpose(build.reshape(x, { shape: [n, t, heads, width / heads] }), { permutation: [0, 2, 1, 3] });
}

/** [n, heads, t, d] -> [n, t, heads * d] */
export function mergeHeads(x: Tensor): Tensor {
  const [n, heads, t, d] = x.shape as [Dim, number, Dim, number];
  return build.reshape(build.transpose(x, { permutation: [0, 2, 1, 3] }), { shape: [n, t, heads * d] });
}

export interface AttentionOptions {
  /** Broadcasts to [n, heads, t, t]; see sightBias. */
  readonly bias: Tensor;
  /** Of the scores; 1 / sqrt(d) where left out. */
  readonly scale?: number;
  /** Scores become cap * tanh(score / cap) before the bias is added (Gemma 2). */
  readonly softCap?: number | undefined;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1): softmax(scale * q k^T + bias) v. query [n, heads, t, d], key
 * and value [n, groups, t, d]; where there are fewer groups than heads, heads / groups neighbouring heads share one
 * (Ainslie et al. 2023). Gives [n, t, heads * d].
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions): Tensor {
  const [n, heads, t, d] = query.shape as [Dim, number, Dim, number];
  const groups = key.shape[1] as number;
  // The heads of a group stand below each other as rows of one product: nothing is copied to meet the shared key.
  const rows = multiplyDims(heads / groups, t);
  const scaled = build.mul(query, options.scale ?? d ** -0.5);
  const stacked = build.matmul(build.reshape(scaled, { shape: [n, groups, rows, d] }), key, { transposeY: true });
  const scores = build.reshape(stacked, { shape: [n, heads, t, t] });
  const probabilities = build.softmax(build.add(capped(scores, options.softCap), options.bias), { axis: -1 });
  const mixed = build.matmul(build.reshape(probabilities, { shape: [n, groups, rows, t] }), value);
  return mergeHeads(build.reshape(mixed, { shape: [n, heads, t, d] }));
}

function capped(scores: Tensor, softCap: number | undefined): Tensor {
  return softCap === undefined ? scores : build.mul(build.tanh(build.mul(scores, 1 / softCap)), softCap);
}

/** attention where query, key and value [n, t, heads * d] are still whole. */
export function attend(query: Tensor, key: Tensor, value: Tensor, heads: number, bias: Tensor): Tensor {
  return attention(splitHeads(query, heads), splitHeads(key, heads), splitHeads(value, heads), { bias });
}
