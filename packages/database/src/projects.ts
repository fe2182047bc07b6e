import type { CheckpointId, ProjectId, UserId } from "@borda/preferences";
import { PublishRule, Recipe, RetrainRule } from "@borda/preferences";
import type { Connection } from "./connection";
import { NotAllowed, NotFound } from "./errors";
import type { Project as ProjectRow, Role } from "./generated/client";
import { fitSlots, lockProject } from "./slots";
import { newId, type Query, sql } from "./sql";

export interface Project {
  readonly id: ProjectId;
  readonly name: string;
  /** Markdown, shown to labelers. */
  readonly guidelines: string;
  /** A prompt with fewer completions is never offered. */
  readonly kMin: number;
  /** At most so many completions are drawn for one task. */
  readonly kMax: number;
  /** Rankings wanted per prompt. */
  readonly rankingsWanted: number;
  readonly leaseSeconds: number;
  readonly recipe: Recipe;
  readonly retrainRule: RetrainRule;
  readonly publishRule: PublishRule;
  readonly publishedId: CheckpointId | null;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
}

export interface ArchivedProject extends Project {
  readonly archivedAt: Date;
}

export interface ProjectSettings {
  readonly name: string;
  readonly guidelines?: string | undefined;
  readonly kMin?: number | undefined;
  readonly kMax?: number | undefined;
  readonly rankingsWanted?: number | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly recipe?: Recipe | undefined;
  readonly retrainRule?: RetrainRule | undefined;
  readonly publishRule?: PublishRule | undefined;
}

export interface ProjectStats {
  readonly prompts: number;
  readonly completions: number;
  readonly rankings: { readonly made: number; readonly imported: number };
  /** Pairs in different tiers, summed over rankings. */
  readonly comparisons: number;
  /** Those of them that the published checkpoint's snapshot has not seen. */
  readonly newComparisons: number;
  /** Members at work, without those removed and without imported names. */
  readonly labelers: number;
  readonly tasksOpen: number;
  readonly tasksDone: number;
}

/** Settings outside their ranges are refused by the database's checks; the edges parse them first. */
export function createProjects(db: Connection) {
  return {
    async create(settings: ProjectSettings): Promise<Project> {
      // The id is given here: Prisma leaves it out when it takes part in an optional relation (published).
      const { recipe, ...rest } = given(settings);
      return projectOf(
        await db.prisma.project.create({ data: { id: newId(), ...rest, recipe: recipe ?? Recipe.parse({}) } }),
      );
    },

    /** Throws NotFound. */
    async get(projectId: ProjectId): Promise<Project> {
      const row = await db.prisma.project.findUnique({ where: { id: projectId } });
      if (!row) throw new NotFound("project", projectId);
      return projectOf(row);
    },

    /** All projects for an admin, the own ones for a labeler; newest first, archived ones left out. */
    async list(user: { readonly id: UserId; readonly role: Role }): Promise<Project[]> {
      const own = { labelers: { some: { userId: user.id, removedAt: null } } };
      const rows = await db.prisma.project.findMany({
        where: { archivedAt: null, ...(user.role === "ADMIN" ? {} : own) },
        orderBy: { createdAt: "desc" },
      });
      return rows.map(projectOf);
    },

    /** Projects put away, the latest first. */
    async archived(): Promise<ArchivedProject[]> {
      const put = { archivedAt: { not: null } };
      const rows = await db.prisma.project.findMany({ where: put, orderBy: { archivedAt: "desc" } });
      return rows.map((row) => ({ ...projectOf(row), archivedAt: row.archivedAt! }));
    },

    /** Every project, for schedules. */
    async all(): Promise<Project[]> {
      return (await db.prisma.project.findMany({ where: { archivedAt: null } })).map(projectOf);
    },

    /** Changes settings; a changed overlap or k range opens or closes tasks in the same transaction. */
    async update(projectId: ProjectId, settings: Partial<ProjectSettings>): Promise<Project> {
      const s = given(settings);
      const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
      await db.transaction(async (query) => {
        if (!(await lockProject(query, projectId))) throw new NotFound("project", projectId);
        await query(sql`UPDATE "Project" SET
          name = coalesce(${s.name ?? null}, name),
          guidelines = coalesce(${s.guidelines ?? null}, guidelines),
          "kMin" = coalesce(${s.kMin ?? null}, "kMin"),
          "kMax" = coalesce(${s.kMax ?? null}, "kMax"),
          "rankingsWanted" = coalesce(${s.rankingsWanted ?? null}, "rankingsWanted"),
          "leaseSeconds" = coalesce(${s.leaseSeconds ?? null}, "leaseSeconds"),
          recipe = coalesce(${json(s.recipe)}::jsonb, recipe),
          "retrainRule" = coalesce(${json(s.retrainRule)}::jsonb, "retrainRule"),
          "publishRule" = coalesce(${json(s.publishRule)}::jsonb, "publishRule")
          WHERE id = ${projectId}`);
        if (s.rankingsWanted !== undefined || s.kMin !== undefined) await fitSlots(query, projectId, null);
      });
      return this.get(projectId);
    },

    /** Takes the project out of every list and offers no more tasks; nothing is deleted. Throws NotFound. */
    async archive(projectId: ProjectId): Promise<void> {
      const { count } = await db.prisma.project.updateMany({
        where: { id: projectId },
        data: { archivedAt: new Date() },
      });
      if (count === 0) throw new NotFound("project", projectId);
    },

    /** Brings an archived project back into the lists. Throws NotFound. */
    async restore(projectId: ProjectId): Promise<Project> {
      await db.prisma.project.updateMany({ where: { id: projectId }, data: { archivedAt: null } });
      return this.get(projectId);
    },

    /**
     * Deletes an archived project for good with everything in it, in one transaction, and returns the storage keys of
     * the files that are nobody's now: its checkpoints' folders and its uploads. Throws NotFound; NotAllowed while the
     * project is not archived, or a training of it is queued or running.
     */
    delete: (projectId: ProjectId): Promise<string[]> => db.transaction((query) => deleteArchived(query, projectId)),

    async stats(projectId: ProjectId): Promise<ProjectStats> {
      const [row] = await db.query<StatsRow>(sql`
        SELECT p.prompts, c.completions, r.made, r.imported, r.comparisons,
          r.comparisons - coalesce(t.comparisons, 0) AS "newComparisons", l.labelers, s."tasksOpen", s."tasksDone"
        FROM (SELECT count(*) AS prompts FROM "Prompt" WHERE "projectId" = ${projectId}) p,
          (SELECT count(*) AS completions FROM "Completion" WHERE "projectId" = ${projectId}) c,
          (SELECT count("slotId") AS made, count("contentHash") AS imported, coalesce(sum(comparisons), 0) AS comparisons
            FROM "Ranking" WHERE "projectId" = ${projectId}) r,
          (SELECT count(*) AS labelers FROM "Labeler"
            WHERE "projectId" = ${projectId} AND kind = 'MEMBER' AND "removedAt" IS NULL) l,
          (SELECT count(*) FILTER (WHERE state <> 'DONE') AS "tasksOpen", count(*) FILTER (WHERE state = 'DONE') AS "tasksDone"
            FROM "Slot" WHERE "projectId" = ${projectId}) s,
          (SELECT max(run.comparisons) AS comparisons FROM "Project" j
            JOIN "Checkpoint" k ON k.id = j."publishedId" JOIN "Run" run ON run.id = k."runId" WHERE j.id = ${projectId}) t`);
      const { made, imported, ...counts } = row!;
      return { ...counts, rankings: { made, imported } };
    },
  };
}
export type Projects = ReturnType<typeof createProjects>;

interface StatsRow extends Omit<ProjectStats, "rankings"> {
  made: number;
  imported: number;
}

async function deleteArchived(query: Query, projectId: ProjectId): Promise<string[]> {
  // Locked for deletion: whoever adds a run or an import meanwhile waits, and then finds no project.
  const [project] = await query<Pick<ProjectRow, "archivedAt">>(
    sql`SELECT "archivedAt" FROM "Project" WHERE id = ${projectId} FOR UPDATE`,
  );
  if (!project) throw new NotFound("project", projectId);
  if (!project.archivedAt) throw new NotAllowed("Archive the project first; then it can be deleted.");
  const active = await query(
    sql`SELECT FROM "Run" WHERE "projectId" = ${projectId} AND state IN ('QUEUED', 'RUNNING') LIMIT 1`,
  );
  if (active.length > 0)
    throw new NotAllowed("A training of this project is running. Cancel it, then delete the project.");
  const files = await query<{ key: string }>(sql`
    SELECT "folderKey" AS key FROM "Checkpoint" WHERE "projectId" = ${projectId}
    UNION ALL SELECT "fileKey" FROM "Import" WHERE "projectId" = ${projectId}`);
  // In this order, because what refers to a checkpoint, a run, a slot or a labeler holds it; checkpoints and runs refer
  // to each other, and one statement takes both.
  await query(sql`UPDATE "Project" SET "publishedId" = NULL WHERE id = ${projectId}`);
  await query(sql`
    WITH checkpoints AS (DELETE FROM "Checkpoint" WHERE "projectId" = ${projectId})
    DELETE FROM "Run" WHERE "projectId" = ${projectId}`);
  await query(sql`DELETE FROM "Ranking" WHERE "projectId" = ${projectId}`);
  await query(sql`DELETE FROM "Slot" WHERE "projectId" = ${projectId}`);
  await query(sql`DELETE FROM "Project" WHERE id = ${projectId}`);
  return files.map(({ key }) => key);
}

/** Drops the keys that are undefined, as exact optional properties want. */
function given<T extends object>(settings: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function projectOf(row: ProjectRow): Project {
  return {
    ...row,
    id: row.id as ProjectId,
    recipe: Recipe.parse(row.recipe),
    retrainRule: RetrainRule.parse(row.retrainRule),
    publishRule: PublishRule.parse(row.publishRule),
    publishedId: row.publishedId as CheckpointId | null,
  };
}
