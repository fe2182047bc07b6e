import { type AttributesOf, build, type Dim, integerSize, multiplyDims, type Tensor } from "@borda/tensor";

/**
 * The place of each token among its row's own, counted from 0, so that padding on either side changes nothing; 0 on
 * padding before the first token. int64 [n, t] -> int64 [n, t].
 */
export function positions(attentionMask: Tensor): Tensor {
  return build.maximum(build.sub(build.cumsum(attentionMask, { axis: 1 }), 1), 0);
}

/** The place of each row's first token, the last place where it has none: int64 [n, t] -> int64 [n]. */
export function firstToken(mask: Tensor): Tensor {
  return build.minimum(paddingOf(build.cumsum(mask, { axis: 1 })), lastPlace(mask));
}

/** The place of each row's last token, 0 where it has none: int64 [n, t] -> int64 [n]. */
export function lastToken(mask: Tensor): Tensor {
  const behind = paddingOf(build.cumsum(mask, { axis: 1, reverse: true }));
  return build.maximum(build.sub(lastPlace(mask), behind), 0);
}

/** Places on the side from which tokens are counted that come before the first of them: int64 [n, t] -> int64 [n]. */
function paddingOf(count: Tensor): Tensor {
  return build.reduceSum(build.cast(build.equal(count, 0), { to: "int64" }), { axes: [1] });
}

function lastPlace({ shape: [, t] }: Tensor): Tensor {
  return build.sub(integerSize(t!), 1);
}

/** The states at one place of each row: hidden [n, t, h], places int64 [n] -> [n, h]. */
export function stateAt(hidden: Tensor, places: Tensor): Tensor {
  const [n, t, h] = hidden.shape as [Dim, Dim, Dim];
  const firsts = build.mul(build.range({ size: n }), integerSize(t));
  return build.gather(build.reshape(hidden, { shape: [multiplyDims(n, t), h] }), build.add(firsts, places));
}

/** The places that a tensor reads of the rows of its table [n * t, h], where it is what stateAt makes. */
export function placesRead({ op, inputs: [table, at] }: Tensor): Tensor | undefined {
  if (op !== "gather" || at!.op !== "add") return undefined;
  const [firsts, places] = at!.inputs as [Tensor, Tensor];
  const isRow = firsts.op === "mul" && firsts.inputs[0]!.op === "range" && sameSize(table!, firsts);
  return isRow ? places : undefined;
}

function sameSize({ shape: [rows] }: Tensor, { shape: [n], inputs: [, length] }: Tensor): boolean {
  const [count] = length!.inputs;
  return count?.op === "count" && rows === multiplyDims(n!, (count.attributes as AttributesOf<"count">).of);
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
