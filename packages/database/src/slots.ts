import { type Query, sql } from "./sql";

/**
 * Makes the slots of a project fit its settings: every prompt with at least kMin completions has rankingsWanted slots,
 * counting those that are done. Open slots beyond that go away; live leases beyond it become surplus, so that whoever
 * holds one may finish. `promptIds` null: all prompts. Call it in a transaction that holds the project's lock.
 */
export async function fitSlots(query: Query, projectId: string, promptIds: readonly string[] | null): Promise<void> {
  const wanted = sql`
    SELECT p.id AS "promptId", p.position,
      CASE WHEN (SELECT count(*) FROM "Completion" c WHERE c."promptId" = p.id) >= j."kMin" THEN j."rankingsWanted" ELSE 0 END AS slots
    FROM "Prompt" p JOIN "Project" j ON j.id = p."projectId"
    WHERE p."projectId" = ${projectId} AND (${promptIds}::text[] IS NULL OR p.id = ANY(${promptIds}::text[]))`;
  const placed = sql`
    SELECT s.id, row_number() OVER (
        PARTITION BY s."promptId"
        ORDER BY s.state = 'DONE' DESC, s.state = 'LEASED' AND s."leaseExpiresAt" > now() DESC, s.number
      ) > w.slots AS surplus
    FROM "Slot" s JOIN wanted w ON w."promptId" = s."promptId"`;
  await query(sql`
    WITH wanted AS (${wanted}), placed AS (${placed})
    DELETE FROM "Slot" s USING placed
    WHERE s.id = placed.id AND placed.surplus
      AND (s.state = 'OPEN' OR (s.state = 'LEASED' AND s."leaseExpiresAt" <= now()))`);
  await query(sql`
    WITH wanted AS (${wanted}), placed AS (${placed})
    UPDATE "Slot" s SET surplus = placed.surplus FROM placed
    WHERE s.id = placed.id AND s.state = 'LEASED' AND s.surplus <> placed.surplus`);
  await query(sql`
    WITH wanted AS (${wanted}), missing AS (
      SELECT w."promptId", w.position, n AS number,
        row_number() OVER (PARTITION BY w."promptId" ORDER BY n)
          <= w.slots - (SELECT count(*) FROM "Slot" s WHERE s."promptId" = w."promptId") AS needed
      FROM wanted w CROSS JOIN LATERAL generate_series(1, w.slots) AS n
      WHERE NOT EXISTS (SELECT FROM "Slot" s WHERE s."promptId" = w."promptId" AND s.number = n)
    )
    INSERT INTO "Slot" (id, "projectId", "promptId", number, position)
    SELECT gen_random_uuid()::text, ${projectId}, "promptId", number, position FROM missing WHERE needed`);
}

/** Serialises what changes a project as a whole (imports, settings, publishing); rankings and leases go on beside it. */
export async function lockProject(query: Query, projectId: string): Promise<boolean> {
  const rows = await query(sql`SELECT id FROM "Project" WHERE id = ${projectId} FOR NO KEY UPDATE`);
  return rows.length === 1;
}
