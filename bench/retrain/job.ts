import { Recipe } from "@borda/preferences";
import { z } from "zod";

/** What a child of the benchmark trains. */
export const Job = z.object({
  prompts: z.number().int(),
  k: z.number().int(),
  recipe: Recipe,
  out: z.string(),
  features: z.string(),
  threads: z.number().int(),
});
export type Job = z.infer<typeof Job>;

/** What one training cost; seconds from the start of `train` to the written checkpoint, or of a peer's own training. */
export const Cost = z.object({
  seconds: z.number(),
  tokensPerSecond: z.number(),
  comparisons: z.number().int(),
  accuracy: z.number(),
  /** Resident memory with model and data loaded, before the first pass, and at its highest. */
  restMiB: z.number(),
  peakMiB: z.number(),
});
export type Cost = z.infer<typeof Cost>;
