import type { LabelerId, UserId } from "@borda/preferences";
import type { Connection } from "./connection";
import { EmailTaken, NotAllowed, NotFound } from "./errors";
import type { Role, User as UserRow } from "./generated/client";
import { lockUsers } from "./locks";
import { newId, type Query, sql } from "./sql";

export interface User {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** Somebody who signs in with a password, which arrives hashed by the sign-in library. */
export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/** People who sign in. Sessions belong to the sign-in library, which writes through the same client. */
export function createUsers(db: Connection) {
  return {
    /** False on a fresh database: the first admin is still to be made. */
    async hasAdmin(): Promise<boolean> {
      return (await db.prisma.user.count({ where: { role: "ADMIN" } })) > 0;
    },

    /** Throws EmailTaken. */
    create: (user: NewUser): Promise<UserId> => db.transaction((query) => insertUser(query, user)),

    /** Throws NotFound. */
    async get(userId: UserId): Promise<User> {
      const row = await db.prisma.user.findUnique({ where: { id: userId } });
      if (!row) throw new NotFound("user", userId);
      return userOf(row);
    },

    /** The user behind a project's member. Throws NotFound, also for one who left and for a name in a file. */
    async ofMember(labelerId: LabelerId): Promise<User> {
      const labeler = await db.prisma.labeler.findFirst({
        where: { id: labelerId, removedAt: null },
        include: { user: true },
      });
      if (!labeler?.user) throw new NotFound("labeler", labelerId);
      return userOf(labeler.user);
    },

    /** Emails compare without case, as the sign-in library stores them in lower case. */
    async byEmail(email: string): Promise<User | null> {
      const row = await db.prisma.user.findUnique({ where: { email: email.toLowerCase() } });
      return row && userOf(row);
    },

    async list(): Promise<User[]> {
      return (await db.prisma.user.findMany({ orderBy: { createdAt: "asc" } })).map(userOf);
    },

    /** Ends the user's sessions and withdraws links for a new password. Throws NotFound. */
    async setPassword(userId: UserId, passwordHash: string): Promise<void> {
      await db.transaction(async (query) => {
        const changed = await query(sql`
          UPDATE "Account" SET password = ${passwordHash}, "updatedAt" = now()
          WHERE "userId" = ${userId} AND "providerId" = 'credential' RETURNING id`);
        if (changed.length === 0) throw new NotFound("user", userId);
        await query(sql`DELETE FROM "Session" WHERE "userId" = ${userId}`);
        await query(sql`DELETE FROM "Verification" WHERE value = ${userId}`);
      });
    },

    /** Throws NotAllowed when it would leave nobody to administer the house. */
    async setRole(userId: UserId, role: Role): Promise<User> {
      return db.transaction(async (query) => {
        await lockUsers(query);
        const [changed] = await query<UserRow>(
          sql`UPDATE "User" SET role = ${role}::"Role", "updatedAt" = now() WHERE id = ${userId} RETURNING *`,
        );
        if (!changed) throw new NotFound("user", userId);
        const admins = await query(sql`SELECT id FROM "User" WHERE role = 'ADMIN' LIMIT 1`);
        if (admins.length === 0) throw new NotAllowed("This is the last admin. Make somebody else admin first.");
        return userOf(changed);
      });
    },
  };
}
export type Users = ReturnType<typeof createUsers>;

/** Stores a user and its password in the sign-in library's tables. Throws EmailTaken. */
export async function insertUser(query: Query, { name, email, role, passwordHash }: NewUser): Promise<UserId> {
  const [user] = await query<{ id: UserId }>(sql`
    INSERT INTO "User" (id, name, email, role, "updatedAt")
    VALUES (${newId()}, ${name}, ${email.toLowerCase()}, ${role}::"Role", now())
    ON CONFLICT (email) DO NOTHING RETURNING id`);
  if (!user) throw new EmailTaken(email);
  await query(sql`
    INSERT INTO "Account" (id, "accountId", "providerId", "userId", password, "updatedAt")
    VALUES (${newId()}, ${user.id}, 'credential', ${user.id}, ${passwordHash}, now())`);
  return user.id;
}

function userOf({ id, name, email, role, createdAt }: UserRow): User {
  return { id: id as UserId, name, email, role, createdAt };
}
