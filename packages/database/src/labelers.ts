import { type LabelerId, type ProjectId, pairAgreement, type Ranking, type UserId } from "@borda/preferences";
import type { Connection } from "./connection";
import { NotFound } from "./errors";
import type { Labeler as LabelerRow } from "./generated/client";
import { type Query, sql } from "./sql";
import { tiersOf } from "./tiers";

/** Who ranks in a project: a member, who is a user, or a name found in an imported file. */
export interface Labeler {
  readonly id: LabelerId;
  readonly projectId: ProjectId;
  readonly kind: "MEMBER" | "IMPORTED";
  readonly userId: UserId | null;
  readonly name: string;
  readonly createdAt: Date;
}

export interface Membership {
  readonly labelerId: LabelerId;
  readonly projectId: ProjectId;
  readonly projectName: string;
}

/** How alike labelers order the pairs that they both ranked strictly. */
export interface Agreement {
  readonly agreed: number;
  readonly pairs: number;
}

export interface LabelerProgress extends Labeler {
  readonly rankings: number;
  readonly comparisons: number;
  readonly skipped: number;
  /** With the other members, over this labeler's last 200 rankings; pairs 0 when nobody shared a prompt. */
  readonly agreement: Agreement;
  /** Median time a ranking; null before the first. */
  readonly medianSeconds: number | null;
  readonly lastRankingAt: Date | null;
}

/** Agreement looks at so many of a labeler's latest rankings: enough for a share to two digits, quick at any size. */
const AGREEMENT_WINDOW = 200;

export function createLabelers(db: Connection) {
  return {
    /** The projects that a user ranks in. */
    async forUser(userId: UserId): Promise<Membership[]> {
      return db.query<Membership>(sql`
        SELECT l.id AS "labelerId", p.id AS "projectId", p.name AS "projectName"
        FROM "Labeler" l JOIN "Project" p ON p.id = l."projectId"
        WHERE l."userId" = ${userId} AND l."removedAt" IS NULL AND p."archivedAt" IS NULL
        ORDER BY l."createdAt" DESC`);
    },

    /** A user's labeler in a project; null for one who is not a member, or no more. */
    async member(projectId: ProjectId, userId: UserId): Promise<Labeler | null> {
      const row = await db.prisma.labeler.findFirst({ where: { projectId, userId, removedAt: null } });
      return row && labelerOf(row);
    },

    /** Makes a user a member; one who is already stays the same labeler, one who was removed comes back. */
    async add(input: { projectId: ProjectId; userId: UserId; name: string }): Promise<Labeler> {
      const { projectId, userId, name } = input;
      const row = await db.prisma.labeler.upsert({
        where: { projectId_userId: { projectId, userId } },
        create: { projectId, userId, name, kind: "MEMBER" },
        update: { removedAt: null },
      });
      return labelerOf(row);
    },

    /** Members and imported names with what they did; members first. */
    async list(projectId: ProjectId): Promise<LabelerProgress[]> {
      const rows = await db.query<ProgressRow>(sql`
        SELECT l.id, l."projectId", l.kind, l."userId", l.name, l."createdAt", r.rankings, r.comparisons,
          r."medianSeconds", r."lastRankingAt", (SELECT count(*) FROM "Skip" k WHERE k."labelerId" = l.id) AS skipped
        FROM "Labeler" l LEFT JOIN LATERAL (
          SELECT count(*) AS rankings, coalesce(sum(comparisons), 0) AS comparisons, max("createdAt") AS "lastRankingAt",
            percentile_cont(0.5) WITHIN GROUP (ORDER BY "secondsSpent") AS "medianSeconds"
          FROM "Ranking" WHERE "labelerId" = l.id
        ) r ON true
        WHERE l."projectId" = ${projectId} AND l."removedAt" IS NULL
        ORDER BY l.kind, r.rankings DESC, l.name`);
      const shared = await sharedPrompts(db.query, projectId);
      const agreementOf = (id: LabelerId) => shared.filter(({ windows }) => windows.has(id)).reduce(added, NONE);
      return rows.map((row) => ({ ...row, agreement: agreementOf(row.id) }));
    },

    /** What humans reach: agreement between members, each two rankings of one prompt compared once. */
    async agreement(projectId: ProjectId): Promise<Agreement> {
      return (await sharedPrompts(db.query, projectId)).reduce(added, NONE);
    },

    /** The labeler gets no more tasks, and a task in hand goes to others; confirmed rankings stay. */
    async remove(labelerId: LabelerId): Promise<void> {
      await db.transaction(async (query) => {
        const removed = await query(sql`
          UPDATE "Labeler" SET "removedAt" = coalesce("removedAt", now())
          WHERE id = ${labelerId} AND kind = 'MEMBER' RETURNING id`);
        if (removed.length === 0) throw new NotFound("labeler", labelerId);
        await query(sql`DELETE FROM "Slot" WHERE "labelerId" = ${labelerId} AND state = 'LEASED' AND surplus`);
        await query(sql`
          UPDATE "Slot" SET state = 'OPEN', "labelerId" = NULL, "leasedAt" = NULL, "leaseExpiresAt" = NULL, "displayOrder" = '{}'
          WHERE "labelerId" = ${labelerId} AND state = 'LEASED'`);
      });
    },
  };
}
export type Labelers = ReturnType<typeof createLabelers>;

interface ProgressRow extends Omit<LabelerProgress, "agreement"> {}

interface PlacedRanking {
  promptId: string;
  labelerId: LabelerId;
  recent: boolean;
  places: [tier: number, completion: number][];
}

/** Two members' rankings of one prompt, and in whose latest rankings the prompt is. */
interface SharedPrompt extends Agreement {
  readonly windows: ReadonlySet<LabelerId>;
}

const NONE: Agreement = { agreed: 0, pairs: 0 };
const added = (sum: Agreement, one: Agreement): Agreement => ({
  agreed: sum.agreed + one.agreed,
  pairs: sum.pairs + one.pairs,
});

/** Every two rankings of a prompt that is among the latest of one of the two labelers. */
async function sharedPrompts(query: Query, projectId: ProjectId): Promise<SharedPrompt[]> {
  const rows = await query<PlacedRanking>(sql`
    WITH latest AS (
      SELECT r.id, r."promptId" FROM "Labeler" l CROSS JOIN LATERAL (
        SELECT id, "promptId" FROM "Ranking" WHERE "labelerId" = l.id AND "slotId" IS NOT NULL
        ORDER BY "createdAt" DESC LIMIT ${AGREEMENT_WINDOW}
      ) r WHERE l."projectId" = ${projectId} AND l.kind = 'MEMBER'
    )
    SELECT r."promptId", r."labelerId", r.id IN (SELECT id FROM latest) AS recent,
      (SELECT json_agg(json_build_array(e.tier, c.ordinal))
        FROM "RankingEntry" e JOIN "Completion" c ON c.id = e."completionId" WHERE e."rankingId" = r.id) AS places
    FROM "Ranking" r
    WHERE r."promptId" IN (SELECT "promptId" FROM latest) AND r."slotId" IS NOT NULL
    ORDER BY r."promptId", r.id`);
  const shared: SharedPrompt[] = [];
  for (const [index, one] of rows.entries()) {
    for (let next = index + 1; rows[next]?.promptId === one.promptId; next++) {
      const other = rows[next]!;
      const windows = new Set([one, other].filter(({ recent }) => recent).map(({ labelerId }) => labelerId));
      if (windows.size > 0) shared.push({ ...pairAgreement(rankingOf(one), rankingOf(other)), windows });
    }
  }
  return shared;
}

function rankingOf({ places }: PlacedRanking): Ranking<number> {
  return { tiers: tiersOf(places), unacceptableFrom: null };
}

export function labelerOf(row: LabelerRow): Labeler {
  const { id, projectId, kind, userId, name, createdAt } = row;
  return {
    id: id as LabelerId,
    projectId: projectId as ProjectId,
    kind,
    userId: userId as UserId | null,
    name,
    createdAt,
  };
}
