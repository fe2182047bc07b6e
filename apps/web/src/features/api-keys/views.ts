import { z } from "zod";

export const ApiKeyName = z.string().trim().min(1, "Name what will use the key.").max(80, "At most 80 characters.");

/** A key as it is listed: never the key itself, only its first characters. */
export const ApiKeyRow = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
});
export type ApiKeyRow = z.infer<typeof ApiKeyRow>;
