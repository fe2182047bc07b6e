import type { UserId } from "@borda/preferences";

export type Role = "ADMIN" | "LABELER";

/** Who asks, as far as pages and procedures need to know. */
export interface SignedInUser {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}
