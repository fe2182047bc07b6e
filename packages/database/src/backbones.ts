import {
  BackboneFacts,
  type BackboneId,
  BackboneProblem,
  readBackboneSource,
  type UserId,
  writeBackboneSource,
} from "@borda/preferences";
import type { Connection } from "./connection";
import { BackboneNotReady, BackboneStopped, NotFound } from "./errors";
import type { Backbone as BackboneRow, BackboneState } from "./generated/client";
import { newId, type Query, sql } from "./sql";

/** A backbone that somebody asked for: QUEUED, FETCHING, CHECKING, then READY, FAILED or CANCELLED. */
export interface Backbone {
  readonly id: BackboneId;
  /** "starter", a folder, or hub:ORG/NAME@REVISION. */
  readonly source: string;
  readonly state: BackboneState;
  /** The source with its revision's commit, once it is READY: what runs use. */
  readonly pinned: string | null;
  readonly facts: BackboneFacts | null;
  /** The file that is fetched now; how many are there, and how many bytes of all. */
  readonly file: string | null;
  readonly files: number;
  readonly filesTotal: number | null;
  readonly bytes: number;
  readonly bytesTotal: number | null;
  readonly error: string | null;
  readonly remedy: string | null;
  readonly problems: readonly BackboneProblem[];
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
}

export interface BackboneProgress {
  readonly file: string | null;
  readonly files: number;
  /** Null until the hub has said what there is. */
  readonly filesTotal: number | null;
  readonly bytes: number;
  readonly bytesTotal: number | null;
}

const active = sql`state IN ('QUEUED', 'FETCHING', 'CHECKING')`;
/** A row without what an earlier look at it found. */
const afresh = sql`pinned = NULL, facts = NULL, file = NULL, files = 0, "filesTotal" = NULL, bytes = 0, "bytesTotal" = NULL,
  error = NULL, remedy = NULL, problems = NULL, "finishedAt" = NULL`;

export function createBackbones(db: Connection) {
  /** Throws NotFound. */
  async function get(backboneId: BackboneId): Promise<Backbone> {
    const [row] = await db.query<Counted>(sql`SELECT * FROM "Backbone" WHERE id = ${backboneId}`);
    if (!row) throw new NotFound("backbone", backboneId);
    return backboneOf(row);
  }

  /** Changes a backbone that is in one of the states `from`, and tells listeners of 'borda_backbone'. Throws BackboneStopped. */
  async function change(
    backboneId: BackboneId,
    from: readonly BackboneState[],
    set: ReturnType<typeof sql>,
  ): Promise<Backbone> {
    const [row] = await db.query<Counted>(sql`
      WITH changed AS (
        UPDATE "Backbone" SET ${set} WHERE id = ${backboneId} AND state = ANY(${from}::"BackboneState"[]) RETURNING *
      ) SELECT *, pg_notify('borda_backbone', id) FROM changed`);
    if (row) return backboneOf(row);
    throw new BackboneStopped((await get(backboneId)).state);
  }

  return {
    get,

    /** The backbone of a source; null while nobody asked for it. */
    async find(spec: string): Promise<Backbone | null> {
      const [row] = await db.query<Counted>(sql`SELECT * FROM "Backbone" WHERE source = ${canonical(spec)}`);
      return row ? backboneOf(row) : null;
    },

    /** Wants a source looked at, anew if it was before; one that is under way stays as it is. */
    async ask({ source: spec, askedBy }: { source: string; askedBy: UserId | null }): Promise<Backbone> {
      const source = canonical(spec);
      await db.query(sql`
        WITH asked AS (
          INSERT INTO "Backbone" AS b (id, source, "askedBy") VALUES (${newId()}, ${source}, ${askedBy})
          ON CONFLICT (source) DO UPDATE SET state = 'QUEUED', "askedBy" = ${askedBy}, "askedAt" = now(), ${afresh}
            WHERE b."finishedAt" IS NOT NULL
          RETURNING id
        ) SELECT pg_notify('borda_backbone', id) FROM asked`);
      const [row] = await db.query<Counted>(sql`SELECT * FROM "Backbone" WHERE source = ${source}`);
      return backboneOf(row!);
    },

    /** To FETCHING; also by the worker that takes over from a lost one. Throws BackboneStopped. */
    start: (backboneId: BackboneId) =>
      change(backboneId, ["QUEUED", "FETCHING", "CHECKING"], sql`state = 'FETCHING', ${afresh}`),

    /** Throws BackboneStopped once it was cancelled. */
    progress: (backboneId: BackboneId, { file, files, filesTotal, bytes, bytesTotal }: BackboneProgress) =>
      change(
        backboneId,
        ["FETCHING"],
        sql`file = ${file}, files = ${files}, "filesTotal" = ${filesTotal}, bytes = ${bytes}, "bytesTotal" = ${bytesTotal}`,
      ),

    /** To CHECKING: all files are there. Throws BackboneStopped. */
    check: (backboneId: BackboneId) => change(backboneId, ["FETCHING"], sql`state = 'CHECKING', file = NULL`),

    /** To READY, and a row of what it is pinned to beside it, in one transaction. Throws BackboneStopped. */
    async finish(backboneId: BackboneId, found: { pinned: string; facts: BackboneFacts }): Promise<Backbone> {
      const facts = JSON.stringify(found.facts);
      const changed = await db.transaction(async (query) => {
        const rows = await query(sql`
          UPDATE "Backbone" SET state = 'READY', pinned = ${found.pinned}, facts = ${facts}::jsonb, "finishedAt" = now()
          WHERE id = ${backboneId} AND state = 'CHECKING' RETURNING id`);
        if (rows.length === 0) return false;
        await query(sql`DELETE FROM "Backbone" WHERE source = ${found.pinned} AND state IN ('FAILED', 'CANCELLED')`);
        await query(sql`
          INSERT INTO "Backbone" (id, source, state, pinned, facts, "finishedAt")
          VALUES (${newId()}, ${found.pinned}, 'READY', ${found.pinned}, ${facts}::jsonb, now())
          ON CONFLICT (source) DO NOTHING`);
        await query(sql`SELECT pg_notify('borda_backbone', ${backboneId})`);
        return true;
      });
      const backbone = await get(backboneId);
      if (!changed) throw new BackboneStopped(backbone.state);
      return backbone;
    },

    /** Throws BackboneStopped. */
    fail: (
      backboneId: BackboneId,
      failure: { error: string; remedy: string; problems: readonly BackboneProblem[] },
    ): Promise<Backbone> =>
      change(
        backboneId,
        ["QUEUED", "FETCHING", "CHECKING"],
        sql`state = 'FAILED', "finishedAt" = now(), error = ${failure.error}, remedy = ${failure.remedy},
          problems = ${JSON.stringify(failure.problems)}::jsonb`,
      ),

    /** Ends it at once; its worker stops at its next look. What was fetched stays. Throws BackboneStopped. */
    cancel: (backboneId: BackboneId) =>
      change(backboneId, ["QUEUED", "FETCHING", "CHECKING"], sql`state = 'CANCELLED', "finishedAt" = now()`),

    /** Those under way: each wants a job in the queue. */
    async underWay(): Promise<Backbone[]> {
      const rows = await db.query<Counted>(sql`SELECT * FROM "Backbone" WHERE ${active} ORDER BY "askedAt"`);
      return rows.map(backboneOf);
    },
  };
}
export type Backbones = ReturnType<typeof createBackbones>;

/**
 * What a run of this backbone uses: the same, by its commit. The starter needs no look. Throws BackboneNotReady, which
 * says how it stands.
 */
export async function pinBackbone(query: Query, spec: string): Promise<string> {
  const source = canonical(spec);
  if (source === "starter") return source;
  const [row] = await query<Pick<BackboneRow, "state" | "pinned" | "error">>(
    sql`SELECT state, pinned, error FROM "Backbone" WHERE source = ${source}`,
  );
  if (row?.pinned) return row.pinned;
  throw new BackboneNotReady(source, row?.state ?? null, row?.error ?? null);
}

/** One name for one source: a hub's model without a revision is its main branch. */
function canonical(spec: string): string {
  const source = readBackboneSource(spec);
  return source ? writeBackboneSource(source) : spec;
}

type Counted = { [K in keyof BackboneRow]: BackboneRow[K] extends bigint | null ? number | null : BackboneRow[K] };

function backboneOf(row: Counted): Backbone {
  const { id, source, state, pinned, file, files, filesTotal, bytes, bytesTotal, error, remedy } = row;
  return {
    ...{ id: id as BackboneId, source, state, pinned, file, files, filesTotal, error, remedy },
    bytes: Number(bytes),
    bytesTotal: bytesTotal === null ? null : Number(bytesTotal),
    facts: row.facts === null ? null : BackboneFacts.parse(row.facts),
    problems: row.problems === null ? [] : BackboneProblem.array().parse(row.problems),
    askedAt: row.askedAt,
    finishedAt: row.finishedAt,
  };
}
