import { build, type Tensor } from "@borda/tensor";
import type { ForwardInputs } from "../backbone";
import { embedding } from "./linear";

/**
 * Sum of the embeddings of tokens, of absolute positions and of segments, [n, t, width], as far as the model has them:
 * BERT's, before its norm. `positions` int64 [n, t].
 */
export function sumOfEmbeddings(
  { inputIds, segmentIds, parameter }: ForwardInputs,
  { positions, segments }: { readonly positions?: Tensor | undefined; readonly segments: boolean },
): Tensor {
  let sum = embedding(inputIds, parameter, "embeddings.word_embeddings");
  if (segments) {
    const name = "embeddings.token_type_embeddings";
    const first = () => build.slice(parameter(`${name}.weight`), { axis: 0, start: 0, end: 1 });
    sum = build.add(sum, segmentIds ? embedding(segmentIds, parameter, name) : first());
  }
  return positions ? build.add(sum, embedding(positions, parameter, "embeddings.position_embeddings")) : sum;
}
