import type { PreferenceGroup, ProjectId, Prompt, RankingId, RunId } from "@borda/preferences";
import { distinctName } from "./labeler-name";
import { type Query, sql } from "./sql";
import { tiersOf } from "./tiers";

export interface GroupFilter {
  /** Those with a ranking that is asked for (the default), or every prompt. */
  readonly prompts?: "ranked" | "all" | undefined;
  /** Only the rankings of this run's snapshot. */
  readonly runId?: RunId | undefined;
  /** Only these rankings. */
  readonly rankingIds?: readonly RankingId[] | undefined;
  /** Rankings made here, or imported ones; both without it. */
  readonly source?: "made" | "imported" | undefined;
}

export interface RankedGroup {
  readonly group: PreferenceGroup;
  /** One for each of group.rankings, in the same order. */
  readonly rankingIds: readonly RankingId[];
  /** The side that the run's snapshot gave the prompt; null without `runId`. */
  readonly heldOut: boolean | null;
}

/** Fetched at once: prompts, for few round trips; and bytes of their texts, beyond which no further prompt is taken. */
const PAGE = { prompts: 500, bytes: 4_000_000 };

/**
 * The prompts of a project, in their order, with completions and rankings: what training reads, and what is exported.
 * Labelers have names that tell them apart. It streams; memory does not grow with the project.
 */
export function groupsOf(query: Query) {
  return async function* groups(projectId: ProjectId, filter: GroupFilter = {}): AsyncGenerator<RankedGroup> {
    const wanted = sql`
      ${filter.rankingIds ? sql`r.id = ANY(${filter.rankingIds}::text[])` : sql`true`}
      AND ${filter.source === undefined ? sql`true` : filter.source === "made" ? sql`r."slotId" IS NOT NULL` : sql`r."slotId" IS NULL`}
      AND ${filter.runId ? sql`EXISTS (SELECT FROM "RunRanking" x WHERE x."rankingId" = r.id AND x."runId" = ${filter.runId})` : sql`true`}`;
    const among =
      filter.prompts === "all"
        ? sql`true`
        : sql`EXISTS (SELECT FROM "Ranking" r WHERE r."promptId" = p.id AND ${wanted})`;
    let after = -1;
    while (true) {
      const page = await query<GroupRow>(sql`
        WITH candidate AS (
          SELECT p.id, p.position, p.content, p."contentHash" FROM "Prompt" p
          WHERE p."projectId" = ${projectId} AND p.position > ${after} AND ${among}
          ORDER BY p.position LIMIT ${PAGE.prompts}
        ), sized AS (
          SELECT *, sum(pg_column_size(content) + (SELECT coalesce(sum(octet_length(text)), 0)
            FROM "Completion" c WHERE c."promptId" = candidate.id)) OVER before AS "bytesBefore"
          FROM candidate WINDOW before AS (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ), page AS (
          SELECT * FROM sized WHERE coalesce("bytesBefore", 0) <= ${PAGE.bytes}
        )
        SELECT page.position, page.content AS prompt, page."contentHash" AS key,
          (SELECT json_agg(json_build_object('text', c.text, 'model', c.model) ORDER BY c.ordinal)
            FROM "Completion" c WHERE c."promptId" = page.id) AS completions,
          (SELECT json_agg(json_build_object('id', r.id, 'labeler', ${distinctName}, 'unacceptableFrom', r."unacceptableFrom",
              'places', (SELECT json_agg(json_build_array(e.tier, place.at) ORDER BY e.tier, place.at)
                FROM "RankingEntry" e JOIN (
                  SELECT id, row_number() OVER (ORDER BY ordinal) - 1 AS at FROM "Completion" WHERE "promptId" = page.id
                ) place ON place.id = e."completionId" WHERE e."rankingId" = r.id)) ORDER BY r."createdAt", r.id)
            FROM "Ranking" r JOIN "Labeler" l ON l.id = r."labelerId" WHERE r."promptId" = page.id AND ${wanted}) AS rankings,
          ${
            filter.runId
              ? sql`(SELECT x."heldOut" FROM "RunRanking" x JOIN "Ranking" r ON r.id = x."rankingId"
                  WHERE x."runId" = ${filter.runId} AND r."promptId" = page.id LIMIT 1)`
              : sql`NULL::boolean`
          } AS "heldOut"
        FROM page ORDER BY page.position`);
      for (const row of page) yield rankedGroupOf(row);
      const last = page.at(-1);
      if (!last) return;
      after = last.position;
    }
  };
}

interface GroupRow {
  position: number;
  key: string;
  prompt: Prompt;
  completions: { text: string; model: string | null }[];
  rankings: StoredRanking[] | null;
  heldOut: boolean | null;
}

interface StoredRanking {
  id: RankingId;
  labeler: string;
  unacceptableFrom: number | null;
  places: [tier: number, at: number][];
}

function rankedGroupOf({ key, prompt, completions, heldOut, ...row }: GroupRow): RankedGroup {
  const rankings = row.rankings ?? [];
  return {
    group: {
      key,
      prompt,
      completions: completions.map(({ text, model }) => (model === null ? { text } : { text, model })),
      rankings: rankings.map(({ labeler, unacceptableFrom, places }) => ({
        labeler,
        unacceptableFrom,
        tiers: tiersOf(places),
      })),
    },
    rankingIds: rankings.map(({ id }) => id),
    heldOut,
  };
}
