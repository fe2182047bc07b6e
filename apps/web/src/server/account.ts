import { randomUUID } from "node:crypto";
import type { Database } from "@borda/database";
import { UserId } from "@borda/preferences";
import { hashPassword } from "better-auth/crypto";
import { EmailTaken } from "../features/accounts/errors";

/** Stores a user with a password, in better-auth's own tables and hash. Throws EmailTaken. */
export async function createAccount(
  { prisma }: Pick<Database, "prisma">,
  { name, email, password, role }: { name: string; email: string; password: string; role: "ADMIN" | "LABELER" },
): Promise<UserId> {
  const id = UserId.parse(randomUUID());
  const hash = await hashPassword(password);
  try {
    await prisma.user.create({
      data: {
        id,
        name,
        email: email.toLowerCase(),
        role,
        accounts: { create: { id: randomUUID(), accountId: id, providerId: "credential", password: hash } },
      },
    });
  } catch (error) {
    // P2002: unique constraint, and e-mail is the only one that can collide here.
    if (error instanceof Error && "code" in error && error.code === "P2002") throw new EmailTaken(email);
    throw error;
  }
  return id;
}
