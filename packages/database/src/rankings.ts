import {
  type CompletionId,
  checkRanking,
  countComparisons,
  type LabelerId,
  type ProjectId,
  type RankingId,
  type TaskId,
} from "@borda/preferences";
import type { Connection } from "./connection";
import { sqlState } from "./connection";
import { AlreadyRanked, LeaseLapsed, NotYours, TokenReused } from "./errors";
import { type GroupFilter, groupsOf, type RankedGroup } from "./groups";
import { fitSlots } from "./slots";
import { newId, prepared, type Query, sql } from "./sql";

export interface Submission {
  readonly taskId: TaskId;
  readonly labelerId: LabelerId;
  /** Best first; completions of the task, each at most once. */
  readonly tiers: readonly (readonly CompletionId[])[];
  readonly unacceptableFrom: number | null;
  /** Made by the client once for each ranking, and sent again with each repeat. */
  readonly token: string;
  /** Time the labeler spent on the task. */
  readonly secondsSpent: number | null;
}

/** Rankings made on one day of UTC, written YYYY-MM-DD. */
export interface DayOfRankings {
  readonly day: string;
  readonly rankings: number;
}

const UNIQUE_VIOLATION = "23505";

export function createRankings(db: Connection) {
  return {
    /**
     * Stores a ranking once. A repeated token returns the first result; a task that went to others throws LeaseLapsed
     * (one that merely ran out is honoured while nobody else took it); a stranger to the project throws NotYours; a
     * task ranked before under another token throws AlreadyRanked; a tier that names a foreign or repeated completion
     * throws InvalidRanking. One transaction.
     */
    async submit(submission: Submission): Promise<{ rankingId: RankingId; repeated: boolean }> {
      try {
        return await db.transaction((query) => store(query, submission));
      } catch (error) {
        // The token is taken: by this very submit through another connection, or by another one.
        if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
        const first = await repeatOf(db.query, submission);
        if (!first) throw error;
        return first;
      }
    },

    /** Rankings made here, without imported ones, on each of the last `days` days (UTC), oldest first; 0 where none. */
    pace: (projectId: ProjectId, days: number): Promise<DayOfRankings[]> =>
      db.query<DayOfRankings>(sql`
        SELECT to_char(d.day, 'YYYY-MM-DD') AS day, count(r.id) AS rankings
        FROM generate_series(date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => ${days - 1}::int),
          date_trunc('day', now() AT TIME ZONE 'UTC'), '1 day') AS d(day)
        LEFT JOIN "Ranking" r ON r."projectId" = ${projectId} AND r."slotId" IS NOT NULL
          AND r."createdAt" >= d.day AT TIME ZONE 'UTC'
          AND r."createdAt" < (d.day + interval '1 day') AT TIME ZONE 'UTC'
        GROUP BY d.day ORDER BY d.day`),

    groups: groupsOf(db.query),

    /** The same, all of it as it stood at one moment, whatever is ranked or deleted while it is read. */
    frozenGroups: (projectId: ProjectId, filter: GroupFilter = {}): AsyncGenerator<RankedGroup> =>
      db.frozen((query) => groupsOf(query)(projectId, filter)),
  };
}
export type Rankings = ReturnType<typeof createRankings>;

async function store(query: Query, submission: Submission): Promise<{ rankingId: RankingId; repeated: boolean }> {
  const { taskId, labelerId, tiers, unacceptableFrom, token, secondsSpent } = submission;
  const select = sql`
    SELECT s."projectId", s."promptId", s.state, s."labelerId", s."displayOrder", s.surplus,
      EXISTS (SELECT FROM "Labeler" l WHERE l.id = ${labelerId} AND l."projectId" = s."projectId"
        AND l.kind = 'MEMBER' AND l."removedAt" IS NULL) AS member
    FROM "Slot" s WHERE s.id = ${taskId} FOR UPDATE`;
  const [slot] = await query<HeldSlot>(prepared("rankings_slot", select));
  if (slot?.state !== "LEASED" || slot.labelerId !== labelerId || !slot.member) {
    const first = await repeatOf(query, submission);
    if (first) return first;
    if (slot && !slot.member) throw new NotYours();
    throw slot?.state === "DONE" && slot.labelerId === labelerId ? new AlreadyRanked() : new LeaseLapsed();
  }
  checkRanking<string>({ tiers, unacceptableFrom }, slot.displayOrder);

  const rankingId = newId() as RankingId;
  const { strict, ties } = countComparisons({ tiers, unacceptableFrom });
  const placed = tiers.flatMap((tier, rank) => tier.map((completionId) => ({ completionId, rank })));
  const insert = sql`
    WITH done AS (
      UPDATE "Slot" SET state = 'DONE', "leaseExpiresAt" = NULL, surplus = false WHERE id = ${taskId}
    ), ranking AS (
      INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "unacceptableFrom",
        "displayOrder", comparisons, ties, "secondsSpent")
      VALUES (${rankingId}, ${slot.projectId}, ${slot.promptId}, ${labelerId}, ${taskId}, ${token}, ${unacceptableFrom},
        ${slot.displayOrder}, ${strict}, ${ties}, ${secondsSpent})
    )
    INSERT INTO "RankingEntry" ("rankingId", "promptId", "completionId", tier)
    SELECT ${rankingId}, ${slot.promptId}, e.id, e.tier
    FROM unnest(${placed.map((p) => p.completionId)}::text[], ${placed.map((p) => p.rank)}::int[]) AS e(id, tier)`;
  await query(prepared("rankings_insert", insert));
  if (slot.surplus) await fitSlots(query, slot.projectId, [slot.promptId]);
  return { rankingId, repeated: false };
}

interface HeldSlot {
  projectId: string;
  promptId: string;
  state: "OPEN" | "LEASED" | "DONE";
  labelerId: string | null;
  displayOrder: string[];
  surplus: boolean;
  member: boolean;
}

/** What this token stored before, if anything. */
async function repeatOf(
  query: Query,
  { token, taskId, labelerId }: Submission,
): Promise<{ rankingId: RankingId; repeated: true } | null> {
  const [row] = await query<{ id: RankingId; labelerId: string; slotId: string | null }>(
    sql`SELECT id, "labelerId", "slotId" FROM "Ranking" WHERE token = ${token}`,
  );
  if (!row) return null;
  if (row.labelerId !== labelerId) throw new NotYours();
  if (row.slotId !== taskId) throw new TokenReused();
  return { rankingId: row.id, repeated: true };
}
