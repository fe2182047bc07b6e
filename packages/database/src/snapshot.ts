import { createHash } from "node:crypto";
import { Recipe, type RunId, splitOf } from "@borda/preferences";
import { NotFound } from "./errors";
import { type Query, sql } from "./sql";

/** The data of a run: all rankings that were there when it began, split by prompt. */
export interface Snapshot {
  /** SHA-256 over the ids of its rankings, sorted; rankings are immutable, so this names the data. */
  readonly dataHash: string;
  readonly rankings: number;
  readonly trainPrompts: number;
  readonly heldOutPrompts: number;
  /** Strict comparisons of the whole snapshot, summed over rankings. */
  readonly comparisons: number;
  readonly trainComparisons: number;
  /** Tied pairs of the whole snapshot, summed over rankings; no comparison is a tie. */
  readonly ties: number;
  readonly trainTies: number;
}

interface RankedPrompt {
  promptId: string;
  key: string;
  rankings: number;
  comparisons: number;
  ties: number;
}

const rankedPrompts = (query: Query, projectId: string) =>
  query<RankedPrompt>(sql`
    SELECT p.id AS "promptId", p."contentHash" AS key, r.rankings, r.comparisons, r.ties
    FROM "Prompt" p JOIN (
      SELECT "promptId", count(*) AS rankings, sum(comparisons) AS comparisons, sum(ties) AS ties
      FROM "Ranking" WHERE "projectId" = ${projectId} GROUP BY "promptId"
    ) r ON r."promptId" = p.id`);

/** What a snapshot taken now would hold. */
export async function previewSnapshot(
  query: Query,
  projectId: string,
  heldOutShare: number,
): Promise<Omit<Snapshot, "dataHash">> {
  const prompts = await rankedPrompts(query, projectId);
  const train = prompts.filter(({ key }) => splitOf(key, heldOutShare) === "train");
  return {
    rankings: sum(prompts, "rankings"),
    trainPrompts: train.length,
    heldOutPrompts: prompts.length - train.length,
    comparisons: sum(prompts, "comparisons"),
    trainComparisons: sum(train, "comparisons"),
    ties: sum(prompts, "ties"),
    trainTies: sum(train, "ties"),
  };
}

/** Writes the run's RunRanking rows and counts, unless an earlier worker of the run did. */
export async function takeSnapshot(query: Query, runId: RunId): Promise<Snapshot> {
  const [run] = await query<{ projectId: string; recipe: unknown; dataHash: string | null }>(
    sql`SELECT "projectId", recipe, "dataHash" FROM "Run" WHERE id = ${runId} FOR UPDATE`,
  );
  if (!run) throw new NotFound("run", runId);
  if (run.dataHash === null) {
    const { heldOutShare } = Recipe.parse(run.recipe);
    const prompts = await rankedPrompts(query, run.projectId);
    const heldOut = prompts.map(({ key }) => splitOf(key, heldOutShare) === "held-out");
    const rows = await query<{ rankingId: string }>(sql`
      INSERT INTO "RunRanking" ("runId", "rankingId", "heldOut")
      SELECT ${runId}, r.id, u."heldOut"
      FROM unnest(${prompts.map(({ promptId }) => promptId)}::text[], ${heldOut}::bool[]) AS u("promptId", "heldOut")
      JOIN "Ranking" r ON r."promptId" = u."promptId" RETURNING "rankingId"`);
    const ids = rows.map(({ rankingId }) => rankingId).sort();
    const dataHash = createHash("sha256").update(ids.join("\n")).digest("hex");
    await query(sql`
      UPDATE "Run" SET "dataHash" = ${dataHash}, comparisons = t.comparisons, "trainPrompts" = t.train, "heldOutPrompts" = t."heldOut"
      FROM (${totals(runId)}) t WHERE "Run".id = ${runId}`);
  }
  const [snapshot] = await query<Snapshot>(sql`
    SELECT r."dataHash", r."trainPrompts", r."heldOutPrompts", r.comparisons, t.rankings, t."trainComparisons", t.ties, t."trainTies"
    FROM "Run" r, (${totals(runId)}) t WHERE r.id = ${runId}`);
  return snapshot!;
}

const totals = (runId: RunId) => sql`
  SELECT count(*) AS rankings, coalesce(sum(r.comparisons), 0) AS comparisons,
    coalesce(sum(r.comparisons) FILTER (WHERE NOT x."heldOut"), 0) AS "trainComparisons",
    coalesce(sum(r.ties), 0) AS ties, coalesce(sum(r.ties) FILTER (WHERE NOT x."heldOut"), 0) AS "trainTies",
    count(DISTINCT r."promptId") FILTER (WHERE NOT x."heldOut") AS train,
    count(DISTINCT r."promptId") FILTER (WHERE x."heldOut") AS "heldOut"
  FROM "RunRanking" x JOIN "Ranking" r ON r.id = x."rankingId" WHERE x."runId" = ${runId}`;

function sum(prompts: readonly RankedPrompt[], key: "rankings" | "comparisons" | "ties"): number {
  return prompts.reduce((total, prompt) => total + prompt[key], 0);
}
