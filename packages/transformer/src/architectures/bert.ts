import { z } from "zod";
import { withoutEffect } from "../config-effect";
import { bertEncoder, bertFields, checkHeads, checkPadding, encoderArchitecture } from "../encoder-config";
import { firstTokenHead } from "../layers";
import { shapesOf } from "../weight-shapes";

const Config = z
  .strictObject({
    ...bertFields,
    ...withoutEffect("of a pooler that no code reads", {
      directionality: z.literal("bidi").optional(),
      pooler_fc_size: z.number().optional(),
      pooler_num_attention_heads: z.number().optional(),
      pooler_num_fc_layers: z.number().optional(),
      pooler_size_per_head: z.number().optional(),
      pooler_type: z.string().optional(),
    }),
    model_type: z.literal("bert"),
  })
  .check(checkHeads, checkPadding);
type Config = z.infer<typeof Config>;

/** BERT (Devlin et al. 2019). */
export const bert = encoderArchitecture<Config>("bert", Config, {
  encoder: bertEncoder,
  segments: (config) => config.type_vocab_size > 1,
  others: {
    prefix: "bert.",
    optionalShapes: ({ hidden_size }) => shapesOf((list) => list.matrix("pooler.dense", hidden_size, hidden_size)),
    classification: firstTokenHead(
      "BertForSequenceClassification",
      { dense: "pooler.dense", label: "classifier" },
      ({ hidden_size }) => ({ hidden: hidden_size, activation: "tanh" }),
    ),
    otherHeads: ["cls.", "classifier.", "qa_outputs."],
  },
});
