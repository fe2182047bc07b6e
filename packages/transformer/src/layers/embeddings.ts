import { build, type Tensor } from "@borda/tensor";
import type { ForwardInputs } from "../backbone";
import { embedding } from "./linear";

/**
 * Sum of the embeddings of tokens, of absolute positions and of segments, [n, t, width], as far as the model has them:
 * BERT's, before its norm. `padding` is the token whose embedding is not trained; `absolute` has positions int64 [n, t]
 * and the position that is not.
 */
export function sumOfEmbeddings(
  { inputIds, segmentIds, parameter }: ForwardInputs,
  {
    padding,
    segments,
    absolute,
  }: {
    readonly padding: number | null;
    readonly segments: boolean;
    readonly absolute?: { readonly positions: Tensor; readonly untrained?: number } | undefined;
  },
): Tensor {
  let sum = embedding(inputIds, parameter, "embeddings.word_embeddings", padding);
  if (segments) {
    const name = "embeddings.token_type_embeddings";
    const first = () => build.slice(parameter(`${name}.weight`), { axis: 0, start: 0, end: 1 });
    sum = build.add(sum, segmentIds ? embedding(segmentIds, parameter, name) : first());
  }
  if (!absolute) return sum;
  const { positions, untrained } = absolute;
  return build.add(sum, embedding(positions, parameter, "embeddings.position_embeddings", untrained));
}
