import { z } from "zod";

/** Held-out figures of one model: shares in [0, 1], natural-log loss, 95 % bootstrap interval over prompts. */
export const EvaluationReport = z.object({
  prompts: z.number().int().nonnegative(),
  comparisons: z.number().int().nonnegative(),
  /** Share of strict comparisons whose preferred completion has the higher reward; equal rewards count one half. */
  accuracy: z.number(),
  /** Mean over prompts of the share within the prompt. */
  accuracyByPrompt: z.number(),
  /** 95 % interval of `accuracy`, resampling whole prompts. */
  interval: z.tuple([z.number(), z.number()]),
  logLoss: z.number(),
  /** The same accuracy for the rule "the longer completion wins". */
  longerWins: z.number(),
  rewardMean: z.number(),
  rewardDeviation: z.number(),
  /**
   * The same accuracies against every labeler's strict vote by itself, an evenly split pair's too: what agreement between
   * two labelers can stand beside. Not in a report from before it was measured.
   */
  votes: z
    .object({
      count: z.number().int().nonnegative(),
      agreement: z.number(),
      /** 95 % interval of `agreement`, resampling whole prompts. */
      interval: z.tuple([z.number(), z.number()]),
      longerWins: z.number(),
    })
    .optional(),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** What a training reports while it runs; the worker stores them, the pages draw them. */
export const RunEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("plan"),
    steps: z.number().int(),
    trainPrompts: z.number().int(),
    trainComparisons: z.number().int(),
    heldOutPrompts: z.number().int(),
    parameters: z.number().int(),
    tokensPerEpoch: z.number().int(),
  }),
  z.object({
    type: z.literal("step"),
    step: z.number().int(),
    loss: z.number(),
    learningRate: z.number(),
    gradientNorm: z.number(),
    tokens: z.number().int().describe("real tokens so far"),
    tokensPerSecond: z.number(),
    secondsLeft: z.number(),
  }),
  z.object({ type: z.literal("evaluation"), step: z.number().int(), report: EvaluationReport }),
  z.object({ type: z.literal("saved"), step: z.number().int() }),
  z.object({ type: z.literal("log"), level: z.enum(["info", "warn", "error"]), message: z.string() }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
