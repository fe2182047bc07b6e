import type { CompletionId, LabelerId, ProjectId, Prompt, TaskId } from "@borda/preferences";
import type { Connection } from "./connection";
import { sqlState } from "./connection";
import { LeaseLapsed } from "./errors";
import { prepared, sql } from "./sql";

/** What a labeler sees: never who wrote a completion, nor what others thought of it. */
export interface Task {
  readonly taskId: TaskId;
  readonly leaseExpiresAt: Date;
  readonly prompt: Prompt;
  /** In the order shown, random for each task and stored with it; at most kMax. */
  readonly completions: readonly { readonly id: CompletionId; readonly text: string }[];
}

export interface Progress {
  readonly done: number;
  readonly skipped: number;
  /** Prompts that this labeler could still rank, the one in hand included. */
  readonly remaining: number;
}

const UNIQUE_VIOLATION = "23505";

export function createTasks(db: Connection) {
  return {
    /**
     * The task in the labeler's hand, or else the next one, leased; null when nothing is left for this labeler.
     * Lapsed leases of others come first, then open slots, breadth first over a prompt's slots. One statement.
     */
    async next(input: { projectId: ProjectId; labelerId: LabelerId; now?: Date | undefined }): Promise<Task | null> {
      // Two calls at once by one labeler: the unique index on live leases lets one through, the other then finds its lease.
      for (let attempt = 1; ; attempt++) {
        try {
          const [task] = await db.query<Task>(nextTask(input.projectId, input.labelerId, input.now));
          return task ?? null;
        } catch (error) {
          if (sqlState(error) !== UNIQUE_VIOLATION || attempt === 3) throw error;
        }
      }
    },

    /** Starts the lease anew, for a labeler who is still at it. Throws LeaseLapsed when it went to others. */
    async renew(taskId: TaskId, labelerId: LabelerId): Promise<{ leaseExpiresAt: Date }> {
      const [renewed] = await db.query<{ leaseExpiresAt: Date }>(sql`
        UPDATE "Slot" s SET "leaseExpiresAt" = now() + make_interval(secs => p."leaseSeconds")
        FROM "Project" p
        WHERE p.id = s."projectId" AND s.id = ${taskId} AND s."labelerId" = ${labelerId} AND s.state = 'LEASED'
        RETURNING s."leaseExpiresAt"`);
      if (!renewed) throw new LeaseLapsed();
      return renewed;
    },

    /** Gives the task back and never offers its prompt to this labeler again. Skipping twice is skipping once. */
    async skip(input: {
      taskId: TaskId;
      labelerId: LabelerId;
      reason: string;
      note?: string | undefined;
    }): Promise<void> {
      const { taskId, labelerId, reason, note = "" } = input;
      await db.transaction(async (query) => {
        const [slot] = await query<{ promptId: string; projectId: string; held: boolean; surplus: boolean }>(sql`
          SELECT "promptId", "projectId", surplus, state = 'LEASED' AND "labelerId" IS NOT DISTINCT FROM ${labelerId} AS held
          FROM "Slot" WHERE id = ${taskId} FOR UPDATE`);
        if (!slot) throw new LeaseLapsed();
        if (!slot.held) {
          const skipped = await query(
            sql`SELECT FROM "Skip" WHERE "labelerId" = ${labelerId} AND "promptId" = ${slot.promptId}`,
          );
          if (skipped.length === 1) return;
          throw new LeaseLapsed();
        }
        await query(sql`
          INSERT INTO "Skip" ("projectId", "promptId", "labelerId", reason, note)
          VALUES (${slot.projectId}, ${slot.promptId}, ${labelerId}, ${reason}, ${note})
          ON CONFLICT ("labelerId", "promptId") DO NOTHING`);
        await query(
          slot.surplus
            ? sql`DELETE FROM "Slot" WHERE id = ${taskId}`
            : sql`UPDATE "Slot" SET state = 'OPEN', "labelerId" = NULL, "leasedAt" = NULL, "leaseExpiresAt" = NULL,
                "displayOrder" = '{}' WHERE id = ${taskId}`,
        );
      });
    },

    async progress(input: { projectId: ProjectId; labelerId: LabelerId }): Promise<Progress> {
      const { projectId, labelerId } = input;
      const [row] = await db.query<Progress>(sql`
        SELECT
          (SELECT count(*) FROM "Ranking" WHERE "labelerId" = ${labelerId} AND "slotId" IS NOT NULL) AS done,
          (SELECT count(*) FROM "Skip" WHERE "labelerId" = ${labelerId}) AS skipped,
          (SELECT count(DISTINCT s."promptId") FROM "Slot" s
            WHERE s."projectId" = ${projectId} AND s.state <> 'DONE'
              AND (s."labelerId" = ${labelerId} OR (
                NOT s.surplus AND (s.state = 'OPEN' OR s."leaseExpiresAt" <= now())
                AND s."promptId" NOT IN (SELECT "promptId" FROM "Slot" WHERE "labelerId" = ${labelerId})
                AND s."promptId" NOT IN (SELECT "promptId" FROM "Skip" WHERE "labelerId" = ${labelerId})))) AS remaining`);
      return row!;
    },
  };
}
export type Tasks = ReturnType<typeof createTasks>;

/**
 * `held` is the lease in hand; `lapsed`, `ahead` and `behind` are tried only while nothing before them was found.
 * `ahead` starts behind the labeler's latest slot, so that a labeler alone does not pass over all that they did;
 * `behind` is what this leaves out. Each row is locked as it is found, and rows that others hold are passed over.
 * OFFSET 0 keeps the planner from joining: one or two rows are looked at, each by its key.
 */
function nextTask(projectId: ProjectId, labelerId: LabelerId, now: Date | undefined) {
  const forLabeler = sql`
    EXISTS (SELECT FROM labeler)
    AND NOT EXISTS (SELECT FROM "Slot" o WHERE o."promptId" = s."promptId" AND o."labelerId" = ${labelerId} OFFSET 0)
    AND NOT EXISTS (SELECT FROM "Skip" k WHERE k."promptId" = s."promptId" AND k."labelerId" = ${labelerId} OFFSET 0)`;
  const open = sql`s."projectId" = ${projectId} AND s.state = 'OPEN' AND ${forLabeler}`;
  const first = sql`ORDER BY s.number, s.position LIMIT 1 FOR UPDATE OF s SKIP LOCKED`;
  const statement = sql`
    WITH labeler AS MATERIALIZED (
      SELECT l.id, p."kMax", p."leaseSeconds", coalesce(${now ?? null}::timestamptz, now()) AS now
      FROM "Labeler" l JOIN "Project" p ON p.id = l."projectId"
      WHERE l.id = ${labelerId} AND l."projectId" = ${projectId} AND l.kind = 'MEMBER'
        AND l."removedAt" IS NULL AND p."archivedAt" IS NULL
    ), held AS MATERIALIZED (
      SELECT s.id FROM "Slot" s WHERE s."labelerId" = ${labelerId} AND s.state = 'LEASED' AND EXISTS (SELECT FROM labeler)
      FOR UPDATE OF s
    ), latest AS MATERIALIZED (
      SELECT number, position FROM "Slot" WHERE "labelerId" = ${labelerId} ORDER BY "leasedAt" DESC LIMIT 1
    ), lapsed AS MATERIALIZED (
      SELECT s.id FROM "Slot" s
      WHERE NOT EXISTS (SELECT FROM held) AND s."projectId" = ${projectId} AND s.state = 'LEASED' AND NOT s.surplus
        AND s."leaseExpiresAt" <= (SELECT now FROM labeler) AND ${forLabeler}
      ORDER BY s."leaseExpiresAt" LIMIT 1 FOR UPDATE OF s SKIP LOCKED
    ), ahead AS MATERIALIZED (
      SELECT s.id FROM "Slot" s
      WHERE NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM lapsed) AND ${open}
        AND (s.number <> coalesce((SELECT number FROM latest), 0) OR s.position > (SELECT position FROM latest))
      ${first}
    ), behind AS MATERIALIZED (
      SELECT s.id FROM "Slot" s
      WHERE NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM lapsed) AND NOT EXISTS (SELECT FROM ahead) AND ${open}
        AND s.number = (SELECT number FROM latest) AND s.position <= (SELECT position FROM latest)
      ${first}
    ), chosen AS (
      SELECT id, true AS mine FROM held UNION ALL
      SELECT id, false FROM (TABLE lapsed UNION ALL TABLE ahead UNION ALL TABLE behind) free
    ), leased AS (
      UPDATE "Slot" s SET state = 'LEASED', "labelerId" = l.id,
        "leasedAt" = CASE WHEN chosen.mine THEN s."leasedAt" ELSE l.now END,
        "leaseExpiresAt" = CASE WHEN chosen.mine AND s."leaseExpiresAt" > l.now THEN s."leaseExpiresAt"
          ELSE l.now + make_interval(secs => l."leaseSeconds") END,
        "displayOrder" = CASE WHEN chosen.mine THEN s."displayOrder" ELSE ARRAY(
          SELECT c.id FROM "Completion" c WHERE c."promptId" = s."promptId" ORDER BY gen_random_uuid() LIMIT l."kMax") END
      FROM chosen, labeler l WHERE s.id = chosen.id
      RETURNING s.id, s."promptId", s."leaseExpiresAt", s."displayOrder"
    )
    SELECT leased.id AS "taskId", leased."leaseExpiresAt", p.content AS prompt, (
      SELECT json_agg(json_build_object('id', c.id, 'text', c.text) ORDER BY shown.place)
      FROM unnest(leased."displayOrder") WITH ORDINALITY AS shown(id, place) JOIN "Completion" c ON c.id = shown.id
    ) AS completions
    FROM leased JOIN "Prompt" p ON p.id = leased."promptId"`;
  return prepared("tasks_next", statement);
}
