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

/**
 * Gives an admin who is locked out a random password and ends their sessions: the one with this address, else the
 * oldest. It is returned this once and stored only as a hash. Null where there is no admin.
 */
export async function resetAdmin(
  database: Database,
  { email = defaultEmail }: { email?: string | undefined },
): Promise<{ email: string; password: string } | null> {
  const admins = (await database.users.list()).filter(({ role }) => role === "ADMIN");
  const admin = admins.find((user) => user.email === email.toLowerCase()) ?? admins[0];
  if (!admin) return null;
  const password = randomPassword();
  await database.users.setPassword(admin.id, await hashPassword(password));
  return { email: admin.email, password };
}

function randomPassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join(""),
  ).join("-");
}
