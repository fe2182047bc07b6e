import type { Recipe } from "@borda/preferences";
import { build, type Tensor } from "@borda/tensor";

/**
 * One vector a row, [n, h], from hidden states [n, t, h] and an attention mask int64 [n, t] whose ones come first.
 * mean: over all tokens of prompt and completion; last: the last token's state; cls: the first token's.
 */
export function pool(hidden: Tensor, attentionMask: Tensor, pooling: Recipe["pooling"]): Tensor {
  const { cast, div, equal, mul, range, reduceSum, reshape, sub } = build;
  const [n, t, h] = hidden.shape as [n: string, t: string, h: number];
  const mask = cast(attentionMask, { to: "float32" });
  const count = reduceSum(mask, { axes: [1], keepDims: true });
  const weighted = (weights: Tensor) => reduceSum(mul(hidden, reshape(weights, { shape: [n, t, 1] })), { axes: [1] });
  switch (pooling) {
    case "mean":
      return div(weighted(mask), count);
    case "last": {
      const position = cast(reshape(range({ size: t }), { shape: [1, t] }), { to: "float32" });
      return weighted(cast(equal(position, sub(count, 1)), { to: "float32" }));
    }
    case "cls":
      return reshape(build.slice(hidden, { axis: 1, start: 0, end: 1 }), { shape: [n, h] });
  }
}
