import { randomInt } from "node:crypto";
import type { Database } from "@borda/database";
import { hashPassword } from "better-auth/crypto";

const defaultEmail = "admin@borda.local";
// Without 0, 1, l, o, i: it is typed from a terminal.
const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/**
 * Creates an admin when there is no user at all, else changes nothing and returns null. Without `password` a random
 * one is made (20 letters, 99 bits); it is returned this once and stored only as a hash.
 */
export async function ensureFirstAdmin(
  database: Database,
  { email = defaultEmail, password = randomPassword() }: { email?: string | undefined; password?: string | undefined },
): Promise<{ email: string; password: string } | null> {
  if ((await database.prisma.user.count()) > 0) return null;
  await database.users.create({ name: "Admin", email, role: "ADMIN", passwordHash: await hashPassword(password) });
  return { email, password };
}

function randomPassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join(""),
  ).join("-");
}
