import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { ForwardInputs } from "../backbone";
import { size, tokenId } from "../config-fields";
import { bertEncoder, bertFields, checkHeads, checkPadding, encoderArchitecture } from "../encoder-config";
import { firstTokenHead } from "../layers";
import { shapesOf } from "../weight-shapes";

const Config = z
  .strictObject({
    ...bertFields,
    model_type: z.literal("roberta"),
    vocab_size: size.default(50265),
    pad_token_id: tokenId.default(1),
  })
  .check(checkHeads, checkPadding);
type Config = z.infer<typeof Config>;

/** RoBERTa (Liu et al. 2019): BERT without segments, whose positions count from after the padding token's id. */
export const roberta = encoderArchitecture<Config>("roberta", Config, {
  encoder: bertEncoder,
  maxLength: (config) => config.max_position_embeddings - config.pad_token_id - 1,
  positions:
    ({ pad_token_id }) =>
    (inputs) => ({ positions: positionsFrom(pad_token_id, inputs), untrained: pad_token_id }),
  others: {
    prefix: "roberta.",
    optionalShapes: ({ hidden_size }) => shapesOf((list) => list.matrix("pooler.dense", hidden_size, hidden_size)),
    classification: firstTokenHead(
      "RobertaForSequenceClassification",
      { dense: "classifier.dense", label: "classifier.out_proj" },
      ({ hidden_size }) => ({
        hidden: hidden_size,
        activation: "tanh",
      }),
    ),
    otherHeads: ["lm_head.", "classifier.", "qa_outputs."],
  },
});

/** Tokens that are not the padding token are counted, and begin at its id + 1, which is padding's own. int64 [n, t] */
function positionsFrom(padding: number, { inputIds, attentionMask }: ForwardInputs): Tensor {
  const text = build.cast(build.not(build.equal(inputIds, padding)), { to: "int64" });
  const counted = build.mul(text, attentionMask);
  return build.add(build.mul(build.cumsum(counted, { axis: 1 }), counted), padding);
}
