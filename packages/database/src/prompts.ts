import type { CompletionId, ProjectId, Prompt, PromptId, RankingId } from "@borda/preferences";
import type { Connection } from "./connection";
import { NotFound } from "./errors";
import { sql } from "./sql";
import { tiersOf } from "./tiers";

export interface PromptSummary {
  readonly id: PromptId;
  readonly prompt: Prompt;
  readonly position: number;
  readonly completions: number;
  readonly rankings: { readonly made: number; readonly imported: number };
  readonly tasksOpen: number;
  readonly skips: number;
}

/** Everything known of one prompt, for admins: labelers never see this. */
export interface PromptStory extends PromptSummary {
  readonly projectId: ProjectId;
  readonly texts: readonly { readonly id: CompletionId; readonly text: string; readonly model: string | null }[];
  readonly ranked: readonly {
    readonly id: RankingId;
    readonly labeler: string;
    readonly imported: boolean;
    readonly tiers: readonly (readonly CompletionId[])[];
    readonly unacceptableFrom: number | null;
    readonly displayOrder: readonly CompletionId[];
    readonly secondsSpent: number | null;
    readonly createdAt: Date;
  }[];
  readonly skipped: readonly { readonly labeler: string; readonly reason: string; readonly note: string }[];
}

export type PromptFilter = "all" | "open" | "ranked" | "skipped" | "short";

const summaryOf = sql`
  SELECT p.id, p."projectId", p.content AS prompt, p.position,
    (SELECT count(*) FROM "Completion" c WHERE c."promptId" = p.id) AS completions,
    (SELECT json_build_object('made', count("slotId"), 'imported', count("contentHash")) FROM "Ranking" r WHERE r."promptId" = p.id) AS rankings,
    (SELECT count(*) FROM "Slot" s WHERE s."promptId" = p.id AND s.state <> 'DONE') AS "tasksOpen",
    (SELECT count(*) FROM "Skip" k WHERE k."promptId" = p.id) AS skips
  FROM "Prompt" p`;

/** A prompt's text, or one of its messages, is like `pattern`; the JSON around them is not looked at. */
const says = (pattern: string) => sql`
  CASE jsonb_typeof(p.content) WHEN 'string' THEN p.content #>> '{}' ILIKE ${pattern}
    ELSE EXISTS (SELECT FROM jsonb_array_elements(p.content) m WHERE m ->> 'content' ILIKE ${pattern}) END`;

const filters = {
  all: sql`true`,
  open: sql`EXISTS (SELECT FROM "Slot" s WHERE s."promptId" = p.id AND s.state <> 'DONE')`,
  ranked: sql`EXISTS (SELECT FROM "Ranking" r WHERE r."promptId" = p.id)`,
  skipped: sql`EXISTS (SELECT FROM "Skip" k WHERE k."promptId" = p.id)`,
  /** With fewer completions than the project's kMin: not offered to anybody. */
  short: sql`(SELECT count(*) FROM "Completion" c WHERE c."promptId" = p.id)
    < (SELECT "kMin" FROM "Project" j WHERE j.id = p."projectId")`,
} as const satisfies Record<PromptFilter, ReturnType<typeof sql>>;

export function createPrompts(db: Connection) {
  return {
    /** A page of prompts by position, after `after`; `search` looks for words in the prompt's text, without case. */
    async list(input: {
      projectId: ProjectId;
      filter?: PromptFilter | undefined;
      search?: string | undefined;
      after?: number | undefined;
      limit?: number | undefined;
    }): Promise<{ prompts: PromptSummary[]; next: number | null }> {
      const { projectId, filter = "all", search, after = -1, limit = 50 } = input;
      const matches = search ? says(`%${search.replace(/[\\%_]/g, "\\$&")}%`) : sql`true`;
      const rows = await db.query<PromptSummary & { projectId: string }>(sql`
        ${summaryOf} WHERE p."projectId" = ${projectId} AND p.position > ${after} AND ${filters[filter]} AND ${matches}
        ORDER BY p.position LIMIT ${limit + 1}`);
      const prompts = rows.slice(0, limit).map(({ projectId: _, ...prompt }) => prompt);
      return { prompts, next: rows.length > limit ? prompts.at(-1)!.position : null };
    },

    /** Throws NotFound. */
    async story(promptId: PromptId): Promise<PromptStory> {
      const [[summary], texts, rankings, skipped] = await Promise.all([
        db.query<PromptSummary & { projectId: ProjectId }>(sql`${summaryOf} WHERE p.id = ${promptId}`),
        db.query<PromptStory["texts"][number]>(
          sql`SELECT id, text, model FROM "Completion" WHERE "promptId" = ${promptId} ORDER BY ordinal`,
        ),
        db.query<StoryRanking>(sql`
          SELECT r.id, l.name AS labeler, l.kind = 'IMPORTED' AS imported, r."unacceptableFrom", r."displayOrder",
            r."secondsSpent", r."createdAt",
            (SELECT json_agg(json_build_array(e.tier, e."completionId") ORDER BY e.tier, e."completionId")
              FROM "RankingEntry" e WHERE e."rankingId" = r.id) AS places
          FROM "Ranking" r JOIN "Labeler" l ON l.id = r."labelerId" WHERE r."promptId" = ${promptId} ORDER BY r."createdAt", r.id`),
        db.query<PromptStory["skipped"][number]>(sql`
          SELECT l.name AS labeler, k.reason, k.note FROM "Skip" k JOIN "Labeler" l ON l.id = k."labelerId"
          WHERE k."promptId" = ${promptId} ORDER BY k."createdAt"`),
      ]);
      if (!summary) throw new NotFound("prompt", promptId);
      const ranked = rankings.map(({ places, ...ranking }) => ({ ...ranking, tiers: tiersOf(places) }));
      return { ...summary, texts, ranked, skipped };
    },
  };
}
export type Prompts = ReturnType<typeof createPrompts>;

type StoryRanking = Omit<PromptStory["ranked"][number], "tiers"> & {
  places: [tier: number, completion: CompletionId][];
};
