import type { ImportId, ProjectId, UserId } from "@borda/preferences";
import type { Connection } from "./connection";
import { ImportStopped, NotFound } from "./errors";
import type { Import as ImportRow, ImportState } from "./generated/client";
import { addBatch, type Batch, type BatchResult } from "./import-batch";
import { sql } from "./sql";

export interface Import {
  readonly id: ImportId;
  readonly projectId: ProjectId;
  readonly state: ImportState;
  readonly fileName: string;
  /** Key of the uploaded file in storage. */
  readonly fileKey: string;
  readonly bytes: number;
  readonly bytesRead: number;
  readonly format: string | null;
  readonly rowsRead: number;
  readonly badRows: number;
  /** What it added, without what was there before. */
  readonly prompts: number;
  readonly completions: number;
  readonly rankings: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ImportIssue {
  readonly line: number;
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

const ISSUE_PAGE = 1000;

/** An import's life: UPLOADED, QUEUED, RUNNING, then FINISHED, CANCELLED or FAILED. */
export function createImports(db: Connection) {
  async function become(
    importId: ImportId,
    from: readonly ImportState[],
    to: ImportState,
    error: string | null = null,
  ) {
    const ended = to === "FINISHED" || to === "CANCELLED" || to === "FAILED";
    const [row] = await db.query<ImportRow>(sql`
      UPDATE "Import" SET state = ${to}::"ImportState", error = ${error}, "finishedAt" = CASE WHEN ${ended} THEN now() END
      WHERE id = ${importId} AND state = ANY(${from}::"ImportState"[]) RETURNING *`);
    if (row) return importOf(row);
    throw new ImportStopped((await get(importId)).state);
  }

  /** Throws NotFound. */
  async function get(importId: ImportId): Promise<Import> {
    const [row] = await db.query<ImportRow>(sql`SELECT * FROM "Import" WHERE id = ${importId}`);
    if (!row) throw new NotFound("import", importId);
    return importOf(row);
  }

  return {
    get,

    async create(input: {
      projectId: ProjectId;
      fileName: string;
      fileKey: string;
      bytes: number;
      createdBy: UserId;
      format?: string | undefined;
    }): Promise<Import> {
      const row = await db.prisma.import.create({ data: { ...input, format: input.format ?? null } });
      return importOf({ ...row, bytes: Number(row.bytes), bytesRead: 0 });
    },

    /** UPLOADED to QUEUED: somebody looked at the preview and wants it. Throws ImportStopped. */
    queue: (importId: ImportId) => become(importId, ["UPLOADED"], "QUEUED"),

    /** To RUNNING; also from RUNNING, by the worker that takes over a lost one. Throws ImportStopped. */
    start: (importId: ImportId) => become(importId, ["QUEUED", "RUNNING"], "RUNNING"),

    /**
     * Stores rows in one transaction and adds to the import's counts what was new; rows that are there add nothing.
     * `progress` are totals from the start of the file. Throws ImportStopped once it was cancelled.
     */
    addBatch: (
      importId: ImportId,
      rows: Batch,
      progress: { bytesRead: number; rowsRead: number },
    ): Promise<BatchResult> => db.transaction((query) => addBatch(query, importId, rows, progress)),

    /** Lists bad rows; an issue listed before is not listed again. */
    async addIssues(importId: ImportId, issues: readonly ImportIssue[]): Promise<void> {
      const column = <K extends keyof ImportIssue>(key: K) => issues.map((issue) => issue[key]);
      await db.transaction(async (query) => {
        await query(sql`
          INSERT INTO "ImportIssue" ("importId", line, field, problem, remedy)
          SELECT ${importId}, u.* FROM unnest(${column("line")}::int[], ${column("field")}::text[],
            ${column("problem")}::text[], ${column("remedy")}::text[]) AS u
          ON CONFLICT ("importId", line, field, problem) DO NOTHING`);
        await query(sql`
          UPDATE "Import" SET "badRows" = (SELECT count(DISTINCT line) FROM "ImportIssue" WHERE "importId" = ${importId})
          WHERE id = ${importId}`);
      });
    },

    /** To FINISHED; the planner learns of the new rows at once. Throws ImportStopped. */
    async finish(importId: ImportId, format?: string): Promise<Import> {
      if (format !== undefined) await db.query(sql`UPDATE "Import" SET format = ${format} WHERE id = ${importId}`);
      const finished = await become(importId, ["RUNNING"], "FINISHED");
      await db.query(sql`ANALYZE "Prompt", "Completion", "Slot", "Ranking", "RankingEntry"`);
      return finished;
    },

    /** The next batch is refused; what came in stays. Throws ImportStopped when it ended before. */
    cancel: (importId: ImportId) => become(importId, ["UPLOADED", "QUEUED", "RUNNING"], "CANCELLED"),

    fail: (importId: ImportId, error: string) => become(importId, ["UPLOADED", "QUEUED", "RUNNING"], "FAILED", error),

    /** Bad rows by line, streamed. */
    async *issues(importId: ImportId): AsyncGenerator<ImportIssue> {
      let after = { line: -1, id: -1 };
      while (true) {
        const page = await db.query<ImportIssue & { id: number }>(sql`
          SELECT id, line, field, problem, remedy FROM "ImportIssue"
          WHERE "importId" = ${importId} AND (line, id) > (${after.line}::int, ${after.id}::bigint)
          ORDER BY line, id LIMIT ${ISSUE_PAGE}`);
        for (const { line, field, problem, remedy } of page) yield { line, field, problem, remedy };
        if (page.length < ISSUE_PAGE) return;
        after = page.at(-1)!;
      }
    },

    /** One page of the bad rows by line, `page` counted from 0, and how many there are in all. */
    async issuePage(
      importId: ImportId,
      { page, size }: { page: number; size: number },
    ): Promise<{ issues: ImportIssue[]; total: number }> {
      const [issues, [count]] = await Promise.all([
        db.query<ImportIssue>(sql`
          SELECT line, field, problem, remedy FROM "ImportIssue" WHERE "importId" = ${importId}
          ORDER BY line, id LIMIT ${size} OFFSET ${page * size}`),
        db.query<{ total: number }>(sql`SELECT count(*) AS total FROM "ImportIssue" WHERE "importId" = ${importId}`),
      ]);
      return { issues, total: count!.total };
    },

    /** Newest first. */
    async list(projectId: ProjectId): Promise<Import[]> {
      const rows = await db.query<ImportRow>(
        sql`SELECT * FROM "Import" WHERE "projectId" = ${projectId} ORDER BY "createdAt" DESC`,
      );
      return rows.map(importOf);
    },
  };
}
export type Imports = ReturnType<typeof createImports>;

type Counted<Row> = { [K in keyof Row]: Row[K] extends bigint ? number | bigint : Row[K] };

function importOf({ createdBy: _, ...row }: Counted<ImportRow>): Import {
  return {
    ...row,
    id: row.id as ImportId,
    projectId: row.projectId as ProjectId,
    bytes: Number(row.bytes),
    bytesRead: Number(row.bytesRead),
  };
}
