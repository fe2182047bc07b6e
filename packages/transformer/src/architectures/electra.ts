import { z } from "zod";
import { withoutEffect } from "../config-effect";
import { dropouts, multipleChoiceHead, size } from "../config-fields";
import { bertEncoder, bertFields, checkHeads, checkPadding, encoderArchitecture } from "../encoder-config";
import { firstTokenHead } from "../layers";

const Config = z
  .strictObject({
    ...bertFields,
    ...dropouts("summary_last_dropout"),
    ...withoutEffect(multipleChoiceHead, {
      summary_type: z.string().optional(),
      summary_use_proj: z.boolean().optional(),
      summary_activation: z.string().nullish(),
    }),
    model_type: z.literal("electra"),
    embedding_size: size.default(128),
    hidden_size: size.default(256),
    num_attention_heads: size.default(4),
    intermediate_size: size.default(1024),
  })
  .check(checkHeads, checkPadding);
type Config = z.infer<typeof Config>;

/** ELECTRA's discriminator (Clark et al. 2020): BERT, with embeddings that may be narrower than what follows. */
export const electra = encoderArchitecture<Config>("electra", Config, {
  encoder: (config) => ({ ...bertEncoder(config), width: config.embedding_size }),
  segments: (config) => config.type_vocab_size > 1,
  others: {
    prefix: "electra.",
    classification: firstTokenHead(
      "ElectraForSequenceClassification",
      { dense: "classifier.dense", label: "classifier.out_proj" },
      ({ hidden_size }) => ({
        hidden: hidden_size,
        activation: "gelu",
      }),
    ),
    otherHeads: ["discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "classifier."],
  },
});
