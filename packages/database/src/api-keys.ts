import { createHash, randomBytes } from "node:crypto";
import type { ProjectId, UserId } from "@borda/preferences";
import type { Connection } from "./connection";
import { NotFound } from "./errors";
import type { ApiKey as ApiKeyRow } from "./generated/client";
import { sql } from "./sql";

export interface ApiKey {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly name: string;
  /** First characters of the key, to tell keys apart. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Keys for the scorer: 256 random bits, found by their SHA-256 and never stored themselves. */
export function createApiKeys(db: Connection) {
  return {
    /** `key` is shown once. */
    async create(input: { projectId: ProjectId; name: string; createdBy: UserId }): Promise<ApiKey & { key: string }> {
      const key = `borda_${randomBytes(32).toString("base64url")}`;
      const row = await db.prisma.apiKey.create({ data: { ...input, prefix: key.slice(0, 12), hash: hashOf(key) } });
      return { ...apiKeyOf(row), key };
    },

    /** Null for a key that is unknown or revoked, or whose project is archived. */
    async verify(key: string): Promise<{ apiKeyId: string; projectId: ProjectId } | null> {
      const [row] = await db.query<{ apiKeyId: string; projectId: ProjectId }>(sql`
        SELECT k.id AS "apiKeyId", k."projectId" FROM "ApiKey" k JOIN "Project" p ON p.id = k."projectId"
        WHERE k.hash = ${hashOf(key)} AND k."revokedAt" IS NULL AND p."archivedAt" IS NULL`);
      return row ?? null;
    },

    /** Whether a key that verify() refuses is one that was made here once; such a caller is told so. */
    async wasRevoked(key: string): Promise<boolean> {
      const rows = await db.query(sql`SELECT id FROM "ApiKey" WHERE hash = ${hashOf(key)}`);
      return rows.length > 0;
    },

    /** Records when keys were last used; callers gather uses and write them now and then. */
    async touch(uses: ReadonlyMap<string, Date>): Promise<void> {
      await db.query(sql`
        UPDATE "ApiKey" k SET "lastUsedAt" = greatest(k."lastUsedAt", u.at)
        FROM unnest(${[...uses.keys()]}::text[], ${[...uses.values()]}::timestamptz[]) AS u(id, at) WHERE k.id = u.id`);
    },

    async revoke(apiKeyId: string): Promise<void> {
      const revoked = await db.query(
        sql`UPDATE "ApiKey" SET "revokedAt" = coalesce("revokedAt", now()) WHERE id = ${apiKeyId} RETURNING id`,
      );
      if (revoked.length === 0) throw new NotFound("API key", apiKeyId);
    },

    /** Newest first, revoked ones included. */
    async list(projectId: ProjectId): Promise<ApiKey[]> {
      const rows = await db.prisma.apiKey.findMany({ where: { projectId }, orderBy: { createdAt: "desc" } });
      return rows.map(apiKeyOf);
    },
  };
}
export type ApiKeys = ReturnType<typeof createApiKeys>;

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function apiKeyOf({ id, projectId, name, prefix, createdAt, lastUsedAt, revokedAt }: ApiKeyRow): ApiKey {
  return { id, projectId: projectId as ProjectId, name, prefix, createdAt, lastUsedAt, revokedAt };
}
