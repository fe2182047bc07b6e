import { UserId } from "@borda/preferences";
import { z } from "zod";

export const Role = z.enum(["ADMIN", "LABELER"]);

/** Somebody who signs in. */
export const Person = z.object({
  id: UserId,
  name: z.string(),
  email: z.string(),
  role: Role,
  createdAt: z.date(),
});
export type Person = z.infer<typeof Person>;
