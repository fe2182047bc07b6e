import { type CheckpointId, type ProjectId, Recipe, type RunEvent, type RunId, type UserId } from "@borda/preferences";
import { pinBackbone } from "./backbones";
import type { Connection } from "./connection";
import { sqlState } from "./connection";
import { NotFound, RunLost, TrainingInProgress } from "./errors";
import type { Run as RunRow, RunState } from "./generated/client";
import { previewSnapshot, type Snapshot, takeSnapshot } from "./snapshot";
import { newId, sql } from "./sql";

export type RunTrigger = "manual" | "comparisons" | "cron";

/** One training: QUEUED, RUNNING, then EVALUATED (its checkpoint waits), PUBLISHED, CANCELLED or FAILED. */
export interface Run {
  readonly id: RunId;
  readonly projectId: ProjectId;
  readonly state: RunState;
  readonly trigger: RunTrigger;
  readonly recipe: Recipe;
  /** The checkpoint that was published when the run was made: what it is compared with, and may start from. */
  readonly baselineId: CheckpointId | null;
  /** SHA-256 over the snapshot's ranking ids; null until the snapshot is taken. */
  readonly dataHash: string | null;
  readonly trainPrompts: number | null;
  readonly heldOutPrompts: number | null;
  /** Strict comparisons of the whole snapshot, summed over rankings. */
  readonly comparisons: number | null;
  readonly step: number;
  readonly steps: number | null;
  readonly error: string | null;
  readonly remedy: string | null;
  readonly cancelRequested: boolean;
  readonly createdBy: UserId | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly checkpointId: CheckpointId | null;
}

export interface StoredRunEvent {
  /** Grows within a run; `events(runId, id)` gives what came after. */
  readonly id: number;
  readonly createdAt: Date;
  readonly event: RunEvent;
}

const UNIQUE_VIOLATION = "23505";
const withCheckpoint = sql`SELECT r.*, k.id AS "checkpointId" FROM "Run" r LEFT JOIN "Checkpoint" k ON k."runId" = r.id`;

export function createRuns(db: Connection) {
  /** Throws NotFound. */
  async function get(runId: RunId): Promise<Run> {
    const [row] = await db.query<RunWithCheckpoint>(sql`${withCheckpoint} WHERE r.id = ${runId}`);
    if (!row) throw new NotFound("run", runId);
    return runOf(row);
  }

  /** Ends a run that `workerId` holds. Throws RunLost. */
  async function end(runId: RunId, workerId: string, state: RunState, error: string | null, remedy: string | null) {
    await db.transaction(async (query) => {
      const ended = await query(sql`
        UPDATE "Run" SET state = ${state}::"RunState", error = ${error}, remedy = ${remedy}, "finishedAt" = now(),
          "workerId" = NULL, "leaseExpiresAt" = NULL
        WHERE id = ${runId} AND state = 'RUNNING' AND "workerId" = ${workerId} RETURNING id`);
      if (ended.length === 0) throw new RunLost(runId);
      await query(sql`SELECT pg_notify('borda_run', ${runId})`);
    });
    return get(runId);
  }

  return {
    get,

    /**
     * Queues a training with its whole recipe, whose backbone is pinned to the commit that was looked at. Throws
     * BackboneNotReady for one that was not, TrainingInProgress while the project has one queued or running.
     */
    async create(input: {
      projectId: ProjectId;
      recipe: Recipe;
      trigger: RunTrigger;
      createdBy: UserId | null;
    }): Promise<Run> {
      const { projectId, trigger, createdBy } = input;
      const id = newId() as RunId;
      const recipe = { ...input.recipe, backbone: await pinBackbone(db.query, input.recipe.backbone) };
      try {
        const made = await db.query(sql`
          INSERT INTO "Run" (id, "projectId", trigger, recipe, "createdBy", "baselineId")
          SELECT ${id}, p.id, ${trigger}, ${JSON.stringify(recipe)}::jsonb, ${createdBy}, p."publishedId"
          FROM "Project" p WHERE p.id = ${projectId} RETURNING id`);
        if (made.length === 0) throw new NotFound("project", projectId);
        return await get(id);
      } catch (error) {
        if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
        const active = await this.active(projectId);
        // It ended between the refusal and the look: there is room now.
        return active ? Promise.reject(new TrainingInProgress(active.id)) : this.create(input);
      }
    },

    /** What a training would use now. */
    preview: (projectId: ProjectId, heldOutShare: number): Promise<Omit<Snapshot, "dataHash">> =>
      previewSnapshot(db.query, projectId, heldOutShare),

    /** Fixes which rankings the run uses, and the side of each prompt, once; asked again it returns the same. */
    snapshot: (runId: RunId): Promise<Snapshot> => db.transaction((query) => takeSnapshot(query, runId)),

    /**
     * Takes a queued run, or one whose worker's lease lapsed, or this worker's own. Null when a living worker has it or
     * it has ended: there is nothing to do.
     */
    async claim(runId: RunId, workerId: string, leaseSeconds: number): Promise<Run | null> {
      const claimed = await db.query(sql`
        UPDATE "Run" SET state = 'RUNNING', "workerId" = ${workerId}, "startedAt" = coalesce("startedAt", now()),
          "leaseExpiresAt" = now() + make_interval(secs => ${leaseSeconds}::float8)
        WHERE id = ${runId} AND (state = 'QUEUED'
          OR (state = 'RUNNING' AND ("leaseExpiresAt" <= now() OR "workerId" = ${workerId}))) RETURNING id`);
      return claimed.length === 1 ? get(runId) : null;
    },

    /** Prolongs the lease and tells whether somebody asked to cancel. Throws RunLost. */
    async heartbeat(runId: RunId, workerId: string, leaseSeconds: number): Promise<{ cancelRequested: boolean }> {
      const [row] = await db.query<{ cancelRequested: boolean }>(sql`
        UPDATE "Run" SET "leaseExpiresAt" = now() + make_interval(secs => ${leaseSeconds}::float8)
        WHERE id = ${runId} AND state = 'RUNNING' AND "workerId" = ${workerId} RETURNING "cancelRequested"`);
      if (!row) throw new RunLost(runId);
      return row;
    },

    /** Stores events in order and tells listeners of 'borda_run'. With `workerId`, throws RunLost when another has the run. */
    async appendEvents(runId: RunId, events: readonly RunEvent[], workerId?: string): Promise<void> {
      if (events.length === 0) return;
      const step = Math.max(0, ...events.map((event) => ("step" in event ? event.step : 0)));
      const plan = events.findLast((event) => event.type === "plan");
      await db.transaction(async (query) => {
        const found = await query(sql`
          UPDATE "Run" SET step = greatest(step, ${step}), steps = coalesce(${plan?.steps ?? null}, steps)
          WHERE id = ${runId} AND (${workerId ?? null}::text IS NULL OR (state = 'RUNNING' AND "workerId" = ${workerId ?? null}))
          RETURNING id`);
        if (found.length === 0) throw new RunLost(runId);
        await query(sql`
          INSERT INTO "RunEvent" ("runId", event)
          SELECT ${runId}, u.event::jsonb FROM unnest(${events.map((event) => JSON.stringify(event))}::text[])
            WITH ORDINALITY AS u(event, place) ORDER BY u.place`);
        await query(sql`SELECT pg_notify('borda_run', ${runId})`);
      });
    },

    /** Events after an id (0: from the start), oldest first. */
    async events(runId: RunId, afterId = 0, limit = 5000): Promise<StoredRunEvent[]> {
      return db.query<StoredRunEvent>(sql`
        SELECT id, "createdAt", event FROM "RunEvent" WHERE "runId" = ${runId} AND id > ${afterId} ORDER BY id LIMIT ${limit}`);
    },

    /** A queued run ends at once; a running one is asked to, and its worker ends it. An ended one stays as it is. */
    async cancel(runId: RunId): Promise<Run> {
      await db.query(sql`
        WITH changed AS (
          UPDATE "Run" SET "cancelRequested" = true,
            state = CASE WHEN state = 'QUEUED' THEN 'CANCELLED' ELSE state END,
            "finishedAt" = CASE WHEN state = 'QUEUED' THEN now() END
          WHERE id = ${runId} AND state IN ('QUEUED', 'RUNNING') RETURNING id
        ) SELECT pg_notify('borda_run', id) FROM changed`);
      return get(runId);
    },

    /** The worker stopped the run as asked. Throws RunLost. */
    cancelled: (runId: RunId, workerId: string): Promise<Run> => end(runId, workerId, "CANCELLED", null, null),

    /** Throws RunLost. */
    fail: (runId: RunId, workerId: string, failure: { error: string; remedy: string }): Promise<Run> =>
      end(runId, workerId, "FAILED", failure.error, failure.remedy),

    /** After its checkpoint was created: PUBLISHED if that was published meanwhile, else EVALUATED. Throws RunLost. */
    async finish(runId: RunId, workerId: string): Promise<Run> {
      const [published] = await db.query(sql`
        SELECT FROM "Publication" p JOIN "Checkpoint" k ON k.id = p."checkpointId" WHERE k."runId" = ${runId} LIMIT 1`);
      return end(runId, workerId, published ? "PUBLISHED" : "EVALUATED", null, null);
    },

    /** The queued or running one. */
    async active(projectId: ProjectId): Promise<Run | null> {
      const [row] = await db.query<RunWithCheckpoint>(
        sql`${withCheckpoint} WHERE r."projectId" = ${projectId} AND r.state IN ('QUEUED', 'RUNNING')`,
      );
      return row ? runOf(row) : null;
    },

    /** Newest first. */
    async list(projectId: ProjectId): Promise<Run[]> {
      const rows = await db.query<RunWithCheckpoint>(
        sql`${withCheckpoint} WHERE r."projectId" = ${projectId} ORDER BY r."createdAt" DESC`,
      );
      return rows.map(runOf);
    },

    /** Runs without a living worker: queued ones, and running ones whose lease lapsed. They want a job in the queue. */
    async orphaned(): Promise<Run[]> {
      const rows = await db.query<RunWithCheckpoint>(sql`
        ${withCheckpoint} WHERE r.state = 'QUEUED' OR (r.state = 'RUNNING' AND r."leaseExpiresAt" <= now())
        ORDER BY r."createdAt"`);
      return rows.map(runOf);
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;

type RunWithCheckpoint = RunRow & { checkpointId: string | null };

function runOf({ workerId: _, leaseExpiresAt: __, ...row }: RunWithCheckpoint): Run {
  return {
    ...row,
    id: row.id as RunId,
    projectId: row.projectId as ProjectId,
    trigger: row.trigger as RunTrigger,
    recipe: Recipe.parse(row.recipe),
    baselineId: row.baselineId as CheckpointId | null,
    createdBy: row.createdBy as UserId | null,
    checkpointId: row.checkpointId as CheckpointId | null,
  };
}
