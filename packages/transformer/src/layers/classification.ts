import { build, type Tensor } from "@borda/tensor";
import type { OtherTensors } from "../architecture";
import type { ForwardInputs } from "../backbone";
import { shapesOf } from "../weight-shapes";
import { type ActivationName, activate } from "./activation";
import { linear } from "./linear";
import { firstToken, lastToken, stateAt } from "./position";

/** The hidden state of each row's first token: [n, h]. */
export function firstState(hidden: Tensor, { attentionMask }: ForwardInputs): Tensor {
  return stateAt(hidden, firstToken(attentionMask));
}

/**
 * The head of BERT's descendants on the first token's state: a dense layer, its activation, and a layer to one label, by
 * their names.
 */
export function firstTokenHead<Config>(
  className: string,
  names: { readonly dense: string; readonly label: string },
  of: (config: Config) => { readonly hidden: number; readonly activation: ActivationName },
): OtherTensors<Config>["classification"] {
  return {
    className,
    pooling: "cls",
    shapes: (config) =>
      shapesOf((list) => {
        const { hidden } = of(config);
        list.matrix(names.dense, hidden, hidden);
        list.matrix(names.label, 1, hidden);
      }),
    features: (config, hidden, inputs) =>
      activate(of(config).activation, linear(firstState(hidden, inputs), inputs.parameter, names.dense)),
    output: names.label,
  };
}

/** Other heads of a decoder's checkpoint. */
export const languageModelHeads = ["lm_head."] as const;

/**
 * The head of transformers' decoders: score.weight on the last token that is not the padding token, whatever the mask
 * says; without such a token in the config on the last token of the mask.
 */
export function decoderHead<Config extends { readonly pad_token_id?: number | null | undefined }>(
  className: string,
  hiddenSize: (config: Config) => number,
): OtherTensors<Config>["classification"] {
  return {
    className,
    pooling: "last",
    shapes: (config) => shapesOf((list) => list.matrix("score", 1, hiddenSize(config), { bias: false })),
    features: ({ pad_token_id }, hidden, { inputIds, attentionMask }) => {
      const real =
        pad_token_id == null
          ? attentionMask
          : build.cast(build.not(build.equal(inputIds, pad_token_id)), { to: "int64" });
      return stateAt(hidden, lastToken(real));
    },
    output: "score",
  };
}
