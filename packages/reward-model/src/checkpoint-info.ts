import { EvaluationReport, Pooling, Recipe } from "@borda/preferences";
import { z } from "zod";

/** borda.json: what a checkpoint is and where it comes from. Shares are in [0, 1], times in seconds. */
export const CheckpointInfo = z.object({
  format: z.literal("borda-checkpoint/1"),
  createdAt: z.iso.datetime(),
  runId: z.string().nullable(),
  /** What the weights started from: the recipe's backbone, or a checkpoint's folder. */
  startedFrom: z.string(),
  /** SHA-256 of what was there at the time; see hashBackbone. null in a checkpoint from before it was noted. */
  startedFromHash: z.string().nullable().default(null),
  modelType: z.string(),
  pooling: Pooling,
  /** What a row is: a pair, a conversation by the chat template, or prompt and completion as one text. */
  row: z.enum(["pair", "chat", "text"]).default("pair"),
  /** Which library of Python opens it; onnxruntime opens every one. */
  opensIn: z.enum(["transformers", "sentence-transformers", "onnxruntime"]).default("onnxruntime"),
  /** Tokens of prompt and completion together; a longer prompt loses its beginning. */
  maxLength: z.number().int().positive(),
  recipe: Recipe,
  data: z.object({
    /** SHA-256 over prompts, completions and rankings; see hashGroups. */
    hash: z.string(),
    trainPrompts: z.number().int(),
    trainComparisons: z.number().int(),
    heldOutPrompts: z.number().int(),
  }),
  training: z.object({
    steps: z.number().int(),
    seconds: z.number(),
    tokensPerSecond: z.number(),
    lossFirst: z.number(),
    lossLast: z.number(),
  }),
  evaluation: EvaluationReport,
  /** Of rewards of held-out completions, or null where none was held out: to put scores on a common scale. */
  reward: z.object({ mean: z.number(), deviation: z.number() }).nullable(),
  /** SHA-256 of every other file of the folder, by its path there. */
  files: z.record(z.string(), z.string()),
});
export type CheckpointInfo = z.infer<typeof CheckpointInfo>;
