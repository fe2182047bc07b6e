import {
  type CheckpointId,
  EvaluationReport,
  PairedDifference,
  type ProjectId,
  type PublishRule,
  type RunId,
  type UserId,
} from "@borda/preferences";
import type { Connection } from "./connection";
import { NotAllowed, NotFound } from "./errors";
import { type Checkpoint as CheckpointRow, Prisma } from "./generated/client";
import { lockProject } from "./slots";
import { type Query, sql } from "./sql";

export interface Checkpoint {
  readonly id: CheckpointId;
  readonly projectId: ProjectId;
  readonly runId: RunId;
  /** Key of the folder in storage. */
  readonly folderKey: string;
  /** Of the folder. */
  readonly sha256: string;
  readonly bytes: number;
  /** On the run's held-out prompts. */
  readonly report: EvaluationReport;
  readonly baselineId: CheckpointId | null;
  /** The baseline's report on the SAME prompts; null for the first checkpoint of a project. */
  readonly baselineReport: EvaluationReport | null;
  /** What it reaches more than the baseline on those prompts; null also where it was measured before this was kept. */
  readonly paired: PairedDifference | null;
  readonly createdAt: Date;
}

export interface Publication {
  readonly id: number;
  readonly checkpointId: CheckpointId;
  readonly reason: string;
  readonly publishedBy: UserId | null;
  readonly createdAt: Date;
}

export interface NewCheckpoint {
  /** Chosen by the caller when the folder's key is made of it. */
  readonly id?: CheckpointId | undefined;
  readonly projectId: ProjectId;
  readonly runId: RunId;
  readonly folderKey: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly report: EvaluationReport;
  readonly baselineId: CheckpointId | null;
  readonly baselineReport: EvaluationReport | null;
  readonly paired?: PairedDifference | null | undefined;
}

export function createCheckpoints(db: Connection) {
  return {
    /** The checkpoint of a run; a run has one, so creating it again (a worker that took over) returns the first. */
    async create({ id, baselineReport, paired, ...input }: NewCheckpoint): Promise<Checkpoint> {
      const row = await db.prisma.checkpoint.upsert({
        where: { runId_projectId: { runId: input.runId, projectId: input.projectId } },
        create: {
          ...input,
          ...(id ? { id } : {}),
          baselineReport: baselineReport ?? Prisma.DbNull,
          paired: paired ?? Prisma.DbNull,
        },
        update: {},
      });
      return checkpointOf(row);
    },

    /** Throws NotFound. */
    async get(checkpointId: CheckpointId): Promise<Checkpoint> {
      const row = await db.prisma.checkpoint.findUnique({ where: { id: checkpointId } });
      if (!row) throw new NotFound("checkpoint", checkpointId);
      return checkpointOf(row);
    },

    /** Newest first. */
    async list(projectId: ProjectId): Promise<Checkpoint[]> {
      const rows = await db.prisma.checkpoint.findMany({ where: { projectId }, orderBy: { createdAt: "desc" } });
      return rows.map(checkpointOf);
    },

    /** What the scorer serves; null before the first publication. */
    async publishedOf(projectId: ProjectId): Promise<Checkpoint | null> {
      const row = await db.prisma.checkpoint.findFirst({ where: { publishedOf: { id: projectId } } });
      return row && checkpointOf(row);
    },

    /** The published checkpoint of every project that has one. */
    async published(): Promise<Checkpoint[]> {
      const rows = await db.prisma.checkpoint.findMany({ where: { publishedOf: { archivedAt: null } } });
      return rows.map(checkpointOf);
    },

    /**
     * Serves this checkpoint from now on: the project, the history and the run change in one transaction, which tells
     * listeners of 'borda_published' {projectId, checkpointId}. Publishing what is published changes nothing.
     */
    async publish(input: { checkpointId: CheckpointId; reason: string; publishedBy: UserId | null }): Promise<void> {
      await db.transaction(async (query) => {
        await publishLocked(query, await lockProjectOf(query, input.checkpointId), input);
      });
    },

    /**
     * Publishes what a rule decided on, unless a person changed that rule or what the project serves since they were
     * read: false then, and nothing is changed.
     */
    async publishDecided(input: {
      checkpointId: CheckpointId;
      reason: string;
      rule: PublishRule;
      publishedId: CheckpointId | null;
    }): Promise<boolean> {
      const { checkpointId, reason, rule, publishedId } = input;
      return db.transaction(async (query) => {
        const projectId = await lockProjectOf(query, checkpointId);
        const unchanged = await query(sql`
          SELECT FROM "Project" WHERE id = ${projectId} AND "publishedId" IS NOT DISTINCT FROM ${publishedId}
            AND "publishRule" = ${JSON.stringify(rule)}::jsonb`);
        if (unchanged.length === 0) return false;
        await publishLocked(query, projectId, { checkpointId, reason, publishedBy: null });
        return true;
      });
    },

    /** Serves again what was served before the present checkpoint. Throws NotAllowed when there was nothing. */
    async rollback(input: { projectId: ProjectId; publishedBy: UserId | null }): Promise<CheckpointId> {
      const { projectId, publishedBy } = input;
      return db.transaction(async (query) => {
        if (!(await lockProject(query, projectId))) throw new NotFound("project", projectId);
        const [before] = await query<{ checkpointId: CheckpointId }>(sql`
          WITH first AS (
            SELECT min(h.id) AS id, h."checkpointId" FROM "Publication" h WHERE h."projectId" = ${projectId} GROUP BY h."checkpointId"
          )
          SELECT f."checkpointId" FROM first f
          JOIN "Project" p ON p.id = ${projectId} JOIN first now ON now."checkpointId" = p."publishedId"
          WHERE f.id < now.id ORDER BY f.id DESC LIMIT 1`);
        if (!before)
          throw new NotAllowed("No earlier checkpoint was published. Publish one from the list of checkpoints.");
        await publishLocked(query, projectId, {
          checkpointId: before.checkpointId,
          reason: "rolled back",
          publishedBy,
        });
        return before.checkpointId;
      });
    },

    /**
     * The largest share of which no held-out prompt was trained on for this checkpoint: the smallest among its run and,
     * as long as one started from the published checkpoint, the runs before it.
     */
    async heldOutShare(checkpointId: CheckpointId): Promise<number> {
      const runOf = sql`SELECT r.recipe, r."baselineId" FROM "Checkpoint" k JOIN "Run" r ON r.id = k."runId"`;
      const [lineage] = await db.query<{ share: number | null }>(sql`
        WITH RECURSIVE lineage AS (
          ${runOf} WHERE k.id = ${checkpointId}
          UNION ALL ${runOf} JOIN lineage l ON l."baselineId" = k.id AND l.recipe ->> 'startFrom' = 'published'
        ) SELECT min((recipe ->> 'heldOutShare')::float8) AS share FROM lineage`);
      if (lineage?.share == null) throw new NotFound("checkpoint", checkpointId);
      return lineage.share;
    },

    /** What was served, newest first. */
    async history(projectId: ProjectId): Promise<Publication[]> {
      return db.query<Publication & { projectId: string }>(sql`
        SELECT id, "checkpointId", reason, "publishedBy", "createdAt"
        FROM "Publication" WHERE "projectId" = ${projectId} ORDER BY id DESC`);
    },
  };
}
export type Checkpoints = ReturnType<typeof createCheckpoints>;

/** Throws NotFound. */
async function lockProjectOf(query: Query, checkpointId: CheckpointId): Promise<ProjectId> {
  const [owner] = await query<{ projectId: ProjectId }>(
    sql`SELECT "projectId" FROM "Checkpoint" WHERE id = ${checkpointId}`,
  );
  if (!owner) throw new NotFound("checkpoint", checkpointId);
  await lockProject(query, owner.projectId);
  return owner.projectId;
}

async function publishLocked(
  query: Query,
  projectId: ProjectId,
  { checkpointId, reason, publishedBy }: { checkpointId: CheckpointId; reason: string; publishedBy: UserId | null },
): Promise<void> {
  const changed = await query(sql`
    UPDATE "Project" SET "publishedId" = ${checkpointId}
    WHERE id = ${projectId} AND "publishedId" IS DISTINCT FROM ${checkpointId} RETURNING id`);
  if (changed.length === 0) return;
  await query(sql`
    INSERT INTO "Publication" ("projectId", "checkpointId", reason, "publishedBy")
    VALUES (${projectId}, ${checkpointId}, ${reason}, ${publishedBy})`);
  await query(sql`
    UPDATE "Run" SET state = 'PUBLISHED'
    WHERE id = (SELECT "runId" FROM "Checkpoint" WHERE id = ${checkpointId}) AND state = 'EVALUATED'`);
  await query(sql`SELECT pg_notify('borda_published', ${JSON.stringify({ projectId, checkpointId })})`);
}

function checkpointOf(row: CheckpointRow): Checkpoint {
  return {
    ...row,
    id: row.id as CheckpointId,
    projectId: row.projectId as ProjectId,
    runId: row.runId as RunId,
    bytes: Number(row.bytes),
    report: EvaluationReport.parse(row.report),
    baselineId: row.baselineId as CheckpointId | null,
    baselineReport: row.baselineReport === null ? null : EvaluationReport.parse(row.baselineReport),
    paired: row.paired === null ? null : PairedDifference.parse(row.paired),
  };
}
