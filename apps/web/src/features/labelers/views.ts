import { LabelerId } from "@borda/preferences";
import { z } from "zod";

/** A labeler's work. Agreement: share of the pairs that others ordered alike, of `pairs` that both ranked strictly. */
export const LabelerRow = z.object({
  id: LabelerId,
  kind: z.enum(["MEMBER", "IMPORTED"]),
  name: z.string(),
  createdAt: z.date(),
  rankings: z.int(),
  comparisons: z.int(),
  skipped: z.int(),
  agreement: z.object({ agreed: z.number(), pairs: z.int() }),
  medianSeconds: z.number().nullable(),
  lastRankingAt: z.date().nullable(),
});
export type LabelerRow = z.infer<typeof LabelerRow>;

export const InviteForm = z.object({
  days: z.int().min(1, "At least one day.").max(90, "At most 90 days."),
  uses: z.int().min(1, "At least one person.").max(500, "At most 500 people."),
});
export type InviteForm = z.infer<typeof InviteForm>;

export const InviteRow = z.object({
  id: z.string(),
  expiresAt: z.date(),
  usesLeft: z.int(),
  createdAt: z.date(),
  revokedAt: z.date().nullable(),
});
export type InviteRow = z.infer<typeof InviteRow>;

/** Whether a link still lets people in, and if not, why. */
export function inviteState(
  { revokedAt, usesLeft, expiresAt }: Pick<InviteRow, "revokedAt" | "usesLeft" | "expiresAt">,
  now: Date,
): "open" | "revoked" | "used up" | "expired" {
  if (revokedAt) return "revoked";
  if (usesLeft < 1) return "used up";
  return expiresAt <= now ? "expired" : "open";
}
