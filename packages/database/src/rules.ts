import { z } from "zod";

/** When a project retrains by itself. */
export const RetrainRule = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("manual") }),
  z.strictObject({
    mode: z.literal("comparisons"),
    every: z.number().int().min(1).describe("new comparisons since the published checkpoint's snapshot"),
  }),
  z.strictObject({
    mode: z.literal("cron"),
    pattern: z.string().min(9).max(120),
    timezone: z.string().min(1).default("UTC"),
  }),
]);
export type RetrainRule = z.infer<typeof RetrainRule>;

/** What becomes of a finished run: a person decides, or it is published when it is not worse by more than `tolerance`. */
export const PublishRule = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("manual") }),
  z.strictObject({
    mode: z.literal("automatic"),
    tolerance: z.number().min(0).max(1).default(0.01).describe("held-out accuracy, as a share"),
  }),
]);
export type PublishRule = z.infer<typeof PublishRule>;
