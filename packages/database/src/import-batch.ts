import { createHash } from "node:crypto";
import { checkRanking, countComparisons, type ImportId, type Prompt, type Ranking } from "@borda/preferences";
import { ImportStopped, NotFound } from "./errors";
import { distinctName } from "./labeler-name";
import { fitSlots, lockProject } from "./slots";
import { newId, type Query, sql } from "./sql";
import { tiersOf } from "./tiers";

/** One row of a file: a prompt with completions, and rankings over their indices. */
export interface BatchRow {
  readonly prompt: Prompt;
  /** Stable key of the prompt. */
  readonly contentHash: string;
  readonly completions: readonly {
    readonly text: string;
    readonly textHash: string;
    readonly model?: string | null | undefined;
  }[];
  readonly rankings: readonly (Ranking<number> & { readonly labeler: string })[];
}
export type Batch = readonly BatchRow[];

/** What was new. */
export interface BatchResult {
  readonly prompts: number;
  readonly completions: number;
  readonly rankings: number;
}

/** The rows of one batch with the same prompt become one prompt; the project's lock keeps two imports in line. */
export async function addBatch(
  query: Query,
  importId: ImportId,
  rows: Batch,
  progress: { bytesRead: number; rowsRead: number },
): Promise<BatchResult> {
  const [owner] = await query<{ projectId: string }>(sql`SELECT "projectId" FROM "Import" WHERE id = ${importId}`);
  if (!owner) throw new NotFound("import", importId);
  await lockProject(query, owner.projectId);
  const [{ state }] = (await query<{ state: string }>(
    sql`SELECT state FROM "Import" WHERE id = ${importId} FOR UPDATE`,
  )) as [{ state: string }];
  if (state !== "RUNNING") throw new ImportStopped(state);

  const prompts = await addPrompts(query, owner.projectId, importId, rows);
  const completions = await addCompletions(query, owner.projectId, rows, prompts.ids);
  const rankings = await addRankings(query, owner.projectId, rows, prompts.ids, completions.ids);
  if (completions.added > 0) await fitSlots(query, owner.projectId, [...new Set(prompts.ids.values())]);
  const result = { prompts: prompts.added, completions: completions.added, rankings };
  await query(sql`
    UPDATE "Import" SET "bytesRead" = ${progress.bytesRead}, "rowsRead" = ${progress.rowsRead},
      prompts = prompts + ${result.prompts}, completions = completions + ${result.completions},
      rankings = rankings + ${result.rankings} WHERE id = ${importId}`);
  return result;
}

/** Prompt ids by content hash. */
async function addPrompts(query: Query, projectId: string, importId: string, rows: Batch) {
  const byHash = new Map(rows.map((row) => [row.contentHash, row.prompt]));
  const hashes = [...byHash.keys()];
  const added = await query(sql`
    INSERT INTO "Prompt" (id, "projectId", content, "contentHash", "importId")
    SELECT u.id, ${projectId}, u.content::jsonb, u.hash, ${importId}
    FROM unnest(${hashes.map(() => newId())}::text[], ${[...byHash.values()].map((p) => JSON.stringify(p))}::text[],
      ${hashes}::text[]) WITH ORDINALITY AS u(id, content, hash, place) ORDER BY u.place
    ON CONFLICT ("projectId", "contentHash") DO NOTHING RETURNING id`);
  const stored = await query<{ id: string; hash: string }>(sql`
    SELECT id, "contentHash" AS hash FROM "Prompt"
    WHERE "projectId" = ${projectId} AND "contentHash" = ANY(${hashes}::text[])`);
  return { ids: new Map(stored.map(({ id, hash }) => [hash, id])), added: added.length };
}

const keyOf = (promptId: string, textHash: string) => `${promptId}:${textHash}`;

/** Completion ids by prompt id and text hash. New ones follow the prompt's present ones in order of arrival. */
async function addCompletions(query: Query, projectId: string, rows: Batch, promptIds: Map<string, string>) {
  const present = await query<{ id: string; promptId: string; textHash: string; ordinal: number }>(sql`
    SELECT id, "promptId", "textHash", ordinal FROM "Completion"
    WHERE "promptId" = ANY(${[...promptIds.values()]}::text[])`);
  const ids = new Map(present.map((c) => [keyOf(c.promptId, c.textHash), c.id]));
  const next = new Map<string, number>();
  for (const { promptId, ordinal } of present) next.set(promptId, Math.max(next.get(promptId) ?? 0, ordinal + 1));
  const fresh: { id: string; promptId: string; text: string; hash: string; model: string | null; ordinal: number }[] =
    [];
  for (const row of rows) {
    const promptId = promptIds.get(row.contentHash)!;
    for (const { text, textHash, model } of row.completions) {
      const key = keyOf(promptId, textHash);
      if (ids.has(key)) continue;
      const ordinal = next.get(promptId) ?? 0;
      const id = newId();
      next.set(promptId, ordinal + 1);
      ids.set(key, id);
      fresh.push({ id, promptId, text, hash: textHash, model: model ?? null, ordinal });
    }
  }
  await query(sql`
    INSERT INTO "Completion" (id, "promptId", "projectId", text, "textHash", model, ordinal)
    SELECT u.id, u."promptId", ${projectId}, u.text, u.hash, u.model, u.ordinal
    FROM unnest(${fresh.map((c) => c.id)}::text[], ${fresh.map((c) => c.promptId)}::text[], ${fresh.map((c) => c.text)}::text[],
      ${fresh.map((c) => c.hash)}::text[], ${fresh.map((c) => c.model)}::text[], ${fresh.map((c) => c.ordinal)}::int[])
      AS u(id, "promptId", text, hash, model, ordinal)`);
  return { ids, added: fresh.length };
}

interface FreshRanking {
  id: string;
  promptId: string;
  labeler: string;
  contentHash: string;
  unacceptableFrom: number | null;
  strict: number;
  ties: number;
  tiers: readonly (readonly string[])[];
}

async function addRankings(
  query: Query,
  projectId: string,
  rows: Batch,
  promptIds: Map<string, string>,
  completionIds: Map<string, string>,
): Promise<number> {
  const read = rows.flatMap((row) => {
    const promptId = promptIds.get(row.contentHash)!;
    return row.rankings.map(({ labeler, tiers, unacceptableFrom }): FreshRanking => {
      checkRanking({ tiers, unacceptableFrom }, row.completions.keys());
      const hashes = tiers.map((tier) => tier.map((index) => row.completions[index]!.textHash));
      checkRanking({ tiers: hashes, unacceptableFrom }, hashes.flat());
      const { strict, ties } = countComparisons({ tiers, unacceptableFrom });
      return {
        id: newId(),
        promptId,
        labeler,
        contentHash: rankingHash(hashes, unacceptableFrom),
        unacceptableFrom,
        strict,
        ties,
        tiers: hashes.map((tier) => tier.map((hash) => completionIds.get(keyOf(promptId, hash))!)),
      };
    });
  });
  if (read.length === 0) return 0;
  const made = await madeByMembers(query, projectId, read);
  const rankings = read.filter((ranking) => !made.has(rankingKey(ranking)));
  if (rankings.length === 0) return 0;
  const labelers = await importedLabelers(query, projectId, [...new Set(rankings.map(({ labeler }) => labeler))]);
  const column = <K extends keyof FreshRanking>(key: K) => rankings.map((ranking) => ranking[key]);
  const added = await query<{ id: string }>(sql`
    INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", "unacceptableFrom", comparisons, ties)
    SELECT u.id, ${projectId}, u."promptId", u."labelerId", u.hash, u.line, u.strict, u.ties
    FROM unnest(${column("id")}::text[], ${column("promptId")}::text[],
      ${rankings.map(({ labeler }) => labelers.get(labeler))}::text[],
      ${column("contentHash")}::text[], ${column("unacceptableFrom")}::int[], ${column("strict")}::int[],
      ${column("ties")}::int[]) AS u(id, "promptId", "labelerId", hash, line, strict, ties)
    ON CONFLICT ("promptId", "labelerId", "contentHash") DO NOTHING RETURNING id`);
  const stored = new Set(added.map(({ id }) => id));
  const entries = rankings
    .filter(({ id }) => stored.has(id))
    .flatMap(({ id, promptId, tiers }) =>
      tiers.flatMap((tier, rank) => tier.map((completionId) => ({ id, promptId, completionId, rank }))),
    );
  await query(sql`
    INSERT INTO "RankingEntry" ("rankingId", "promptId", "completionId", tier)
    SELECT * FROM unnest(${entries.map((e) => e.id)}::text[], ${entries.map((e) => e.promptId)}::text[],
      ${entries.map((e) => e.completionId)}::text[], ${entries.map((e) => e.rank)}::int[])`);
  return stored.size;
}

const rankingKey = ({ promptId, labeler, contentHash }: Pick<FreshRanking, "promptId" | "labeler" | "contentHash">) =>
  `${promptId}:${contentHash}:${labeler}`;

/** SHA-256 over the texts' hashes, tier by tier, and the line. */
function rankingHash(tiers: readonly (readonly string[])[], unacceptableFrom: number | null): string {
  const sorted = tiers.map((tier) => [...tier].sort());
  return createHash("sha256")
    .update(JSON.stringify([sorted, unacceptableFrom]))
    .digest("hex");
}

/** Keys of those rankings that come home from an export: a member, named as there, made the same one here. */
async function madeByMembers(query: Query, projectId: string, read: readonly FreshRanking[]): Promise<Set<string>> {
  const members = await query<{ id: string; name: string }>(sql`
    SELECT l.id, ${distinctName} AS name FROM "Labeler" l
    WHERE l."projectId" = ${projectId} AND l.kind = 'MEMBER'
      AND ${distinctName} = ANY(${[...new Set(read.map(({ labeler }) => labeler))]}::text[])`);
  if (members.length === 0) return new Set();
  const nameOf = new Map(members.map(({ id, name }) => [id, name]));
  const rankings = await query<MadeRanking>(sql`
    SELECT r."promptId", r."labelerId", r."unacceptableFrom",
      (SELECT json_agg(json_build_array(e.tier, c."textHash") ORDER BY e.tier)
        FROM "RankingEntry" e JOIN "Completion" c ON c.id = e."completionId" WHERE e."rankingId" = r.id) AS places
    FROM "Ranking" r WHERE r."labelerId" = ANY(${[...nameOf.keys()]}::text[])
      AND r."promptId" = ANY(${[...new Set(read.map(({ promptId }) => promptId))]}::text[])`);
  return new Set(
    rankings.map(({ promptId, labelerId, unacceptableFrom, places }) =>
      rankingKey({
        promptId,
        labeler: nameOf.get(labelerId)!,
        contentHash: rankingHash(tiersOf(places), unacceptableFrom),
      }),
    ),
  );
}

interface MadeRanking {
  promptId: string;
  labelerId: string;
  unacceptableFrom: number | null;
  places: [tier: number, textHash: string][];
}

/** Ids of imported labelers by name; names not seen before are added. */
async function importedLabelers(
  query: Query,
  projectId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  await query(sql`
    INSERT INTO "Labeler" (id, "projectId", kind, name)
    SELECT u.id, ${projectId}, 'IMPORTED', u.name
    FROM unnest(${names.map(() => newId())}::text[], ${names}::text[]) AS u(id, name)
    ON CONFLICT ("projectId", name) WHERE kind = 'IMPORTED' DO NOTHING`);
  const labelers = await query<{ id: string; name: string }>(sql`
    SELECT id, name FROM "Labeler" WHERE "projectId" = ${projectId} AND kind = 'IMPORTED' AND name = ANY(${names}::text[])`);
  return new Map(labelers.map(({ id, name }) => [name, id]));
}
