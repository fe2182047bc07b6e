import type { Pooling, Recipe } from "@borda/preferences";
import { build, type Tensor } from "@borda/tensor";
import { firstToken, lastToken, type Model, meanOverTokens, stateAt, type Tokenizer } from "@borda/transformer";
import { RewardModelError } from "./errors";

/**
 * One vector a row, [n, h], from hidden states [n, t, h], an attention mask and segments, int64 [n, t]; rows may be padded
 * on either side. mean: over all tokens of prompt and completion; completion: over the completion's, whose states have
 * seen the prompt; last: the last token's state; cls: the first token's.
 */
export function pool(
  hidden: Tensor,
  { attentionMask, segmentIds }: { readonly attentionMask: Tensor; readonly segmentIds?: Tensor },
  pooling: Pooling,
): Tensor {
  switch (pooling) {
    case "mean":
      return meanOverTokens(hidden, attentionMask);
    case "completion":
      return meanOverTokens(hidden, build.mul(attentionMask, segmentIds!));
    case "last":
      return stateAt(hidden, lastToken(attentionMask));
    case "cls":
      return stateAt(hidden, firstToken(attentionMask));
  }
}

/**
 * The poolings that suit a model, the usual one first. A decoder's first token has read nothing but itself. A mean over
 * the completion needs segments, and no library of Python has it: it is usual where none would read the model anyway.
 */
export function suitingPoolings(
  { segments, classification }: Pick<Model, "segments" | "classification">,
  { row }: Pick<Tokenizer, "row">,
): readonly Pooling[] {
  if (row !== "pair") return ["last", "mean"];
  if (!segments) return ["mean", "cls"];
  return classification ? ["mean", "cls", "completion"] : ["completion", "mean"];
}

/** The recipe's pooling. Throws RewardModelError where the model cannot be pooled so. */
export function poolingOf(
  model: Pick<Model, "segments" | "classification" | "modelType">,
  tokenizer: Pick<Tokenizer, "row">,
  { pooling }: Pick<Recipe, "pooling">,
): Pooling {
  const suiting = suitingPoolings(model, tokenizer);
  if (pooling === "usual") return suiting[0]!;
  const others = `choose ${suiting.join(" or ")}.`;
  if (pooling === "completion" && !suiting.includes(pooling))
    throw new RewardModelError(
      "BAD_RECIPE",
      `pooling is completion, but a ${model.modelType} is not told which tokens are the completion's: ${others}`,
    );
  if (pooling === "cls" && tokenizer.row !== "pair")
    throw new RewardModelError(
      "BAD_RECIPE",
      `pooling is cls, but the first token of a ${model.modelType} sees none of the others: ${others}`,
    );
  return pooling;
}
