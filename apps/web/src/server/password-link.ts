import { randomBytes } from "node:crypto";
import type { User } from "@borda/database";
import { UserId } from "@borda/preferences";
import { auth } from "./auth";
import { database } from "./singletons";

const days = 3;

/** As better-auth names the right to set a password; it stores only a hash of the name. */
const nameOf = (token: string) => `reset-password:${token}`;

/** A right to set this user's password, once; the one before it ends. The token is shown this once. */
export async function makePasswordLink(userId: UserId): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(24).toString("base64url");
  const expiresAt = new Date(Date.now() + days * 86_400_000);
  const { internalAdapter } = await auth().$context;
  await database().prisma.verification.deleteMany({ where: { value: userId } });
  await internalAdapter.createVerificationValue({ identifier: nameOf(token), value: userId, expiresAt });
  return { token, expiresAt };
}

/** Whose password a link sets; null for one that is unknown, used or expired. */
export async function userOfPasswordLink(token: string): Promise<User | null> {
  const { internalAdapter } = await auth().$context;
  const found = await internalAdapter.findVerificationValue(nameOf(token));
  if (!found || found.expiresAt <= new Date()) return null;
  return database().users.get(UserId.parse(found.value));
}
