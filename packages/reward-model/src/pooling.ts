import type { Recipe } from "@borda/preferences";
import type { Tensor } from "@borda/tensor";
import { firstToken, lastToken, meanOverTokens, weightedSum } from "@borda/transformer";

/**
 * One vector a row, [n, h], from hidden states [n, t, h] and an attention mask int64 [n, t]; rows may be padded on either
 * side. mean: over all tokens of prompt and completion; last: the last token's state; cls: the first token's.
 */
export function pool(hidden: Tensor, attentionMask: Tensor, pooling: Recipe["pooling"]): Tensor {
  switch (pooling) {
    case "mean":
      return meanOverTokens(hidden, attentionMask);
    case "last":
      return weightedSum(hidden, lastToken(attentionMask));
    case "cls":
      return weightedSum(hidden, firstToken(attentionMask));
  }
}
