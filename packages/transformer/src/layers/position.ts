import { build, type Dim, type Tensor } from "@borda/tensor";

/**
 * The place of each token among its row's own, counted from 0, so that padding on either side changes nothing; 0 on
 * padding before the first token. int64 [n, t] -> int64 [n, t].
 */
export function positions(attentionMask: Tensor): Tensor {
  return build.maximum(build.sub(build.cumsum(attentionMask, { axis: 1 }), 1), 0);
}

/** 1 on the first token of each row and 0 elsewhere: int64 [n, t] -> float32 [n, t]. */
export function firstToken(mask: Tensor): Tensor {
  return onlyWhere(mask, build.cumsum(mask, { axis: 1 }));
}

/** 1 on the last token of each row and 0 elsewhere: int64 [n, t] -> float32 [n, t]. */
export function lastToken(mask: Tensor): Tensor {
  return onlyWhere(mask, build.cumsum(mask, { axis: 1, reverse: true }));
}

function onlyWhere(mask: Tensor, count: Tensor): Tensor {
  const one = build.cast(build.equal(count, 1), { to: "float32" });
  return build.mul(one, build.cast(mask, { to: "float32" }));
}

/** Sum over the tokens of each row, weighted: hidden [n, t, h], weights float32 [n, t] -> [n, h]. */
export function weightedSum(hidden: Tensor, weights: Tensor): Tensor {
  const [n, t] = hidden.shape as [Dim, Dim];
  return build.reduceSum(build.mul(hidden, build.reshape(weights, { shape: [n, t, 1] })), { axes: [1] });
}

/** Mean over the tokens of each row: hidden [n, t, h], mask int64 [n, t] -> [n, h]; zeros for a row without a token. */
export function meanOverTokens(hidden: Tensor, mask: Tensor): Tensor {
  const kept = build.cast(mask, { to: "float32" });
  return build.div(weightedSum(hidden, kept), build.maximum(build.reduceSum(kept, { axes: [1], keepDims: true }), 1));
}
