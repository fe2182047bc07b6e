import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { translate } from "./connection";
import { ForeignSchema, MigrationHistory } from "./errors";
import { migrationLock } from "./locks";
import { newId } from "./sql";

interface Migration {
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script, as Prisma computes it. */
  readonly checksum: string;
}

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** As Prisma Migrate makes it, so that `prisma migrate status` and `deploy` read our history and we theirs. */
const historyTable = `
  CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Brings the database to this version's schema. Each migration is one transaction together with its record, so that one
 * that is killed leaves nothing; callers at the same time wait for each other, and the second finds nothing to do.
 * Throws ForeignSchema, MigrationHistory or DatabaseUnavailable, having changed nothing.
 */
export async function migrate(url: string, folder: string = findMigrations()): Promise<void> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: "borda migrate" });
  let broken: Error | undefined;
  client.on("error", (error) => {
    broken = error;
  });
  try {
    await client.connect();
    await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    const applied = await readHistory(client, migrations);
    checkHistory(applied, migrations);
    for (const migration of migrations.slice(applied.length)) await apply(client, migration);
  } catch (error) {
    throw translate(broken ?? error);
  } finally {
    await client.end();
  }
}

/** The nearest prisma/migrations above this file, which is in the source or in an app's bundle. */
function findMigrations(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const migrations = join(folder, "prisma", "migrations");
    if (existsSync(migrations)) return migrations;
    if (folder === dirname(folder)) throw new Error("prisma/migrations is missing: check out the repository again.");
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, script, checksum: createHash("sha256").update(script).digest("hex") };
    }),
  );
}

/** What was applied, in order. Throws ForeignSchema when the tables here are somebody else's. */
async function readHistory(client: pg.Client, migrations: readonly Migration[]): Promise<Applied[]> {
  const { rows: relations } = await client.query<{ name: string }>(`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname`);
  const tables = relations.map(({ name }) => name).filter((name) => name !== "_prisma_migrations");
  if (tables.length === relations.length) {
    if (tables.length > 0) throw new ForeignSchema(tables);
    await client.query(historyTable);
    return [];
  }
  const { rows: applied } = await client.query<Applied>(`
    SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL
    ORDER BY started_at, migration_name`);
  const known = new Set(migrations.map(({ name }) => name));
  if (tables.length > 0 && !applied.some((row) => known.has(row.migration_name))) throw new ForeignSchema(tables);
  return applied;
}

function checkHistory(applied: readonly Applied[], migrations: readonly Migration[]): void {
  applied.forEach((row, index) => {
    const migration = migrations[index];
    if (row.finished_at === null)
      throw new MigrationHistory(
        `Migration ${row.migration_name} failed halfway under another tool: finish or undo it there (prisma migrate resolve), or restore a backup.`,
      );
    if (migration?.name !== row.migration_name)
      throw new MigrationHistory(
        `The database was migrated by another version of Borda (${row.migration_name}): update this checkout, or restore the database of this version.`,
      );
    if (migration.checksum !== row.checksum)
      throw new MigrationHistory(
        `Migration ${row.migration_name} was edited after it was applied: check out its original, and put the change into a new migration.`,
      );
  });
}

async function apply(client: pg.Client, { name, script, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(script);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, clock_timestamp(), 1)`,
      [newId(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
