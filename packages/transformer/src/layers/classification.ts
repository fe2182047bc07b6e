import { build, type Dim, type Tensor } from "@borda/tensor";
import type { OtherTensors } from "../architecture";
import type { ForwardInputs } from "../backbone";
import { shapesOf } from "../weight-shapes";
import { linear } from "./linear";
import { firstToken, lastToken, weightedSum } from "./position";

/** [n, 1] -> [n] */
export function oneLabel(logits: Tensor): Tensor {
  return build.reshape(logits, { shape: [logits.shape[0] as Dim] });
}

/** The hidden state of each row's first token: [n, h]. */
export function firstState(hidden: Tensor, { attentionMask }: ForwardInputs): Tensor {
  return weightedSum(hidden, firstToken(attentionMask));
}

/** Other heads of a decoder's checkpoint. */
export const languageModelHeads = ["lm_head."] as const;

/**
 * The head of transformers' decoders: score.weight on the last token that is not the padding token, whatever the mask
 * says; without such a token in the config on the last token of the mask.
 */
export function decoderHead<Config extends { readonly pad_token_id?: number | null | undefined }>(
  hiddenSize: (config: Config) => number,
): OtherTensors<Config>["classification"] {
  return {
    shapes: (config) => shapesOf((list) => list.matrix("score", 1, hiddenSize(config), { bias: false })),
    logits: ({ pad_token_id }, hidden, { inputIds, attentionMask, parameter }) => {
      const real =
        pad_token_id == null
          ? attentionMask
          : build.cast(build.not(build.equal(inputIds, pad_token_id)), { to: "int64" });
      return oneLabel(linear(weightedSum(hidden, lastToken(real)), parameter, "score", { bias: false }));
    },
  };
}
