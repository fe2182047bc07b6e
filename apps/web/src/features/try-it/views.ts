import { CheckpointId, Prompt } from "@borda/preferences";
import { z } from "zod";

export const MOST_TRIED = 16;

export const Trial = z.object({
  prompt: Prompt,
  completions: z
    .array(z.string().min(1, "Write a completion, or remove it."))
    .min(1, "Write at least one completion.")
    .max(MOST_TRIED),
});
export type Trial = z.infer<typeof Trial>;

/** A reward a completion, in the order given; `truncated`: it was longer than the model reads. */
export const TrialResult = z.object({
  checkpointId: CheckpointId,
  scores: z.array(z.object({ reward: z.number(), tokens: z.int(), truncated: z.boolean() })),
});
export type TrialResult = z.infer<typeof TrialResult>;
