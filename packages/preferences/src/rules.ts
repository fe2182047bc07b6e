import { z } from "zod";

/** When a project retrains without being asked: never, after `every` new comparisons, or at the times of a cron pattern. */
export const RetrainRule = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("manual") }),
  z.strictObject({ mode: z.literal("comparisons"), every: z.number().int().min(1).max(1_000_000) }),
  z.strictObject({
    mode: z.literal("cron"),
    pattern: z.string().trim().min(9).max(120).describe("five fields: minute, hour, day of month, month, day of week"),
    timezone: z
      .string()
      .refine(isTimeZone, { error: "Name a time zone as the IANA does, such as Europe/Vienna or UTC." })
      .describe("IANA name, such as Europe/Vienna"),
  }),
]);
export type RetrainRule = z.infer<typeof RetrainRule>;

/**
 * What happens to a finished run: a person decides, or it is published by itself unless its held-out accuracy is
 * below the published checkpoint's, on the same prompts, by more than `tolerance` (a share, 0.01 is one point).
 */
export const PublishRule = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("manual") }),
  z.strictObject({ mode: z.literal("automatic"), tolerance: z.number().min(0).max(1) }),
]);
export type PublishRule = z.infer<typeof PublishRule>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
