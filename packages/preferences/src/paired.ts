import { z } from "zod";

/**
 * Two models on the same held-out prompts: what the one reaches more than the other, a share in [-1, 1], and the 95 %
 * interval of that difference. It is narrower than the two intervals suggest, since both meet the same hard prompts.
 */
export const PairedDifference = z.object({
  /** Prompts with a strict comparison. */
  prompts: z.number().int().positive(),
  accuracy: z.number(),
  interval: z.tuple([z.number(), z.number()]),
});
export type PairedDifference = z.infer<typeof PairedDifference>;
