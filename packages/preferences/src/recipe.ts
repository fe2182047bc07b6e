import { z } from "zod";
import { readBackboneSource } from "./backbone-source";

/**
 * How one vector is made of a row's states: their mean over all tokens, or over the completion's; the last token's or the
 * first's.
 */
export const Pooling = z.enum(["mean", "completion", "last", "cls"]);
export type Pooling = z.infer<typeof Pooling>;

/** How a reward model is trained. Every field has a default; a stored recipe is always complete. */
export const Recipe = z.strictObject({
  backbone: z
    .string()
    .refine((spec) => readBackboneSource(spec) !== null, {
      error: "Write starter, a folder's path, or hub:ORG/NAME@REVISION.",
    })
    .default("starter")
    .describe("starter, a folder, or hub:ORG/NAME@REVISION"),
  pooling: z
    .enum(["usual", ...Pooling.options])
    .default("usual")
    .describe("usual: completion for the starter, mean for other encoders, last for decoders"),
  mode: z
    .enum(["all", "lora", "last", "head"])
    .default("all")
    .describe("what trains beside the head: all weights, low-rank adapters, the last layers, or nothing"),
  lastLayers: z.number().int().min(1).max(1000).default(1).describe("of mode last"),
  loraRank: z.number().int().min(1).max(1024).default(8),
  loraAlpha: z.number().positive().default(16).describe("adapters count alpha / rank times"),
  loraDropout: z.number().min(0).lt(1).default(0).describe("of what enters an adapter"),
  loraTargets: z
    .string()
    .min(1)
    .default("usual")
    .describe("usual, all-linear, or ends of layers' names with commas between, such as query,value"),
  loraSave: z
    .enum(["merged", "merged+adapter"])
    .default("merged")
    .describe("merged+adapter writes a folder for peft beside the merged weights"),
  epochs: z.number().positive().max(1000).default(1),
  learningRate: z.number().positive().max(1).default(5e-5),
  warmup: z.number().min(0).max(1).default(0.1).describe("share of the steps over which the rate rises linearly"),
  schedule: z.enum(["linear", "cosine", "constant"]).default("linear"),
  weightDecay: z.number().min(0).max(10).default(0.01),
  clipNorm: z.number().positive().default(1),
  beta: z.number().min(0).default(0).describe("L2 term on the rewards: beta * (r_i^2 + r_j^2) / 2"),
  centering: z.number().min(0).default(0).describe("c of the term c * mean((r_i + r_j)^2)"),
  margin: z.number().min(0).default(0),
  ties: z.enum(["half", "drop"]).default("half"),
  maxLength: z.number().int().min(8).max(131072).default(256).describe("tokens of prompt and completion together"),
  tokenBudget: z.number().int().min(64).default(8192).describe("padded tokens a batch"),
  accumulation: z.number().int().min(1).max(10_000).default(1).describe("batches an update, as if they were one"),
  recompute: z
    .enum(["nothing", "attention", "layers"])
    .default("nothing")
    .describe(
      "what is computed again for its gradients, for less memory: attention's scores, which long rows are full of, or " +
        "layers whole, at a quarter more time",
    ),
  attentionDropout: z.number().min(0).lt(1).default(0),
  hiddenDropout: z.number().min(0).lt(1).default(0).describe("of embeddings, and of what each layer adds"),
  heldOutShare: z.number().gt(0).lt(1).default(0.1),
  evaluations: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe("held-out evaluations over the run, the last at its end"),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  startFrom: z.enum(["base", "published"]).default("base"),
});
export type Recipe = z.infer<typeof Recipe>;

/** Named starting points for the form; each is a whole recipe. */
export const recipePresets = {
  balanced: Recipe.parse({}),
  quick: Recipe.parse({ maxLength: 128, evaluations: 2 }),
  thorough: Recipe.parse({ epochs: 4, maxLength: 512, evaluations: 8 }),
} as const satisfies Record<string, Recipe>;
