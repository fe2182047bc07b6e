import { createHash, randomBytes } from "node:crypto";
import type { ProjectId, UserId } from "@borda/preferences";
import type { Connection } from "./connection";
import { InviteInvalid, NotFound } from "./errors";
import type { Invite as InviteRow, Labeler as LabelerRow } from "./generated/client";
import { type Labeler, labelerOf } from "./labelers";
import { newId, type Query, sql } from "./sql";
import { insertUser, type NewUser } from "./users";

export interface Invite {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly expiresAt: Date;
  readonly usesLeft: number;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** Links by which people become members of a project. Only a hash of the token is stored. */
export function createInvites(db: Connection) {
  return {
    /** `days` until it expires, `uses` people at most. The token is shown once. */
    async create(input: { projectId: ProjectId; createdBy: UserId; days: number; uses: number }) {
      const token = randomBytes(24).toString("base64url");
      const expiresAt = new Date(Date.now() + input.days * 86_400_000);
      const { projectId, createdBy, uses } = input;
      // Told by the database's clock, as removals are.
      const [row] = await db.query<InviteRow>(sql`
        INSERT INTO "Invite" (id, "projectId", "createdBy", "usesLeft", "expiresAt", "tokenHash")
        VALUES (${newId()}, ${projectId}, ${createdBy}, ${uses}, ${expiresAt}, ${hashOf(token)}) RETURNING *`);
      return { ...inviteOf(row!), token };
    },

    /** What a link promises. Throws InviteInvalid. */
    async find(token: string): Promise<Invite & { projectName: string }> {
      const [row] = await db.query<InviteRow & { projectName: string }>(sql`
        SELECT i.*, p.name AS "projectName" FROM "Invite" i JOIN "Project" p ON p.id = i."projectId"
        WHERE i."tokenHash" = ${hashOf(token)} AND p."archivedAt" IS NULL`);
      const invite = usable(row);
      return { ...inviteOf(invite), projectName: invite.projectName };
    },

    /** The member that this user is in the link's project, also when the link itself works no more. */
    async membership(token: string, userId: UserId): Promise<Labeler | null> {
      const [row] = await db.query<LabelerRow>(sql`
        SELECT l.* FROM "Labeler" l JOIN "Invite" i ON i."projectId" = l."projectId"
        JOIN "Project" p ON p.id = l."projectId" AND p."archivedAt" IS NULL
        WHERE i."tokenHash" = ${hashOf(token)} AND l."userId" = ${userId} AND l."removedAt" IS NULL`);
      return row ? labelerOf(row) : null;
    },

    /**
     * Makes the user a member and consumes one use; a member who accepts again changes nothing, and one who was removed
     * comes back by a link made since. Throws InviteInvalid.
     */
    accept: (input: { token: string; userId: UserId; name: string }): Promise<Labeler> =>
      db.transaction(async (query) => {
        const invite = await locked(query, input.token);
        const already = await memberOf(query, invite.projectId, input.userId);
        if (already && already.removedAt === null) return labelerOf(already);
        const removed = already?.removedAt;
        if (removed && invite.createdAt < removed) throw new InviteInvalid("outdated");
        return join(query, usable(invite), input);
      }),

    /**
     * Makes an account and its membership together, so that a link which ends meanwhile leaves nobody with an account
     * and no project. Throws InviteInvalid and EmailTaken; then nothing is stored and no use consumed.
     */
    acceptAsNewcomer: (token: string, newcomer: Omit<NewUser, "role">): Promise<Labeler> =>
      db.transaction(async (query) => {
        const invite = usable(await locked(query, token));
        const userId = await insertUser(query, { ...newcomer, role: "LABELER" });
        return join(query, invite, { userId, name: newcomer.name });
      }),

    async list(projectId: ProjectId): Promise<Invite[]> {
      const rows = await db.prisma.invite.findMany({ where: { projectId }, orderBy: { createdAt: "desc" } });
      return rows.map(inviteOf);
    },

    /** The link stops working; who came by it stays. */
    async revoke(inviteId: string): Promise<void> {
      const { count } = await db.prisma.invite.updateMany({
        where: { id: inviteId },
        data: { revokedAt: new Date() },
      });
      if (count === 0) throw new NotFound("invitation", inviteId);
    },
  };
}
export type Invites = ReturnType<typeof createInvites>;

/** The link's row, which nobody else uses until the transaction ends. */
async function locked(query: Query, token: string): Promise<InviteRow> {
  const [row] = await query<InviteRow>(sql`
    SELECT i.* FROM "Invite" i JOIN "Project" p ON p.id = i."projectId" AND p."archivedAt" IS NULL
    WHERE i."tokenHash" = ${hashOf(token)} FOR UPDATE OF i`);
  if (!row) throw new InviteInvalid("unknown");
  return row;
}

async function join(query: Query, invite: InviteRow, { userId, name }: { userId: UserId; name: string }) {
  await query(sql`UPDATE "Invite" SET "usesLeft" = "usesLeft" - 1 WHERE id = ${invite.id}`);
  const [labeler] = await query<LabelerRow>(sql`
    INSERT INTO "Labeler" (id, "projectId", kind, "userId", name)
    VALUES (${newId()}, ${invite.projectId}, 'MEMBER', ${userId}, ${name})
    ON CONFLICT ("projectId", "userId") DO UPDATE SET "removedAt" = NULL RETURNING *`);
  return labelerOf(labeler!);
}

function usable<Row extends InviteRow>(row: Row | undefined): Row {
  if (!row) throw new InviteInvalid("unknown");
  if (row.revokedAt !== null) throw new InviteInvalid("revoked");
  if (row.expiresAt.getTime() <= Date.now()) throw new InviteInvalid("expired");
  if (row.usesLeft < 1) throw new InviteInvalid("used");
  return row;
}

async function memberOf(query: Query, projectId: string, userId: string): Promise<LabelerRow | undefined> {
  const [row] = await query<LabelerRow>(
    sql`SELECT * FROM "Labeler" WHERE "projectId" = ${projectId} AND "userId" = ${userId}`,
  );
  return row;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function inviteOf({ id, projectId, expiresAt, usesLeft, createdAt, revokedAt }: InviteRow): Invite {
  return { id, projectId: projectId as ProjectId, expiresAt, usesLeft, createdAt, revokedAt };
}
