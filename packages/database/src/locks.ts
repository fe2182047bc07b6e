import { type Query, sql } from "./sql";

/** Numbers of the advisory locks in use; any fixed numbers do, they must only differ. */
const advisory = { users: 0x626f7201, migrations: 0x626f7202 } as const;

/** Until the end of the transaction nobody else changes who is admin. */
export async function lockUsers(query: Query): Promise<void> {
  await query(sql`SELECT pg_advisory_xact_lock(${advisory.users})`);
}

/** Serialises migrations of one database over all processes; held until the connection ends or unlocks. */
export const migrationLock = advisory.migrations;
