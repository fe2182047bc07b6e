import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { DatabaseUnavailable, ForeignSchema, MigrationHistory, migrate } from "../src";
import { openSchemaEngine } from "./schema-engine";
import { statement } from "./support";

const prisma = join(import.meta.dirname, "../../../prisma");
const migrations = join(prisma, "migrations");
let url: string;
let folder: string;

const onServer = (text: string) => statement(Object.assign(new URL(url), { pathname: "/postgres" }).href, text);
const history = () => statement<{ migration_name: string }>(url, `SELECT migration_name FROM "_prisma_migrations"`);

beforeEach(async () => {
  const name = `migrate_${Math.random().toString(36).slice(2)}`;
  url = Object.assign(new URL(inject("bordaTemplateUrl")), { pathname: `/${name}` }).href;
  await onServer(`CREATE DATABASE ${name}`);
  folder = await mkdtemp(join(tmpdir(), "borda-migrations-"));
  await cp(migrations, folder, { recursive: true });
});

afterEach(async () => {
  await onServer(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  await rm(folder, { recursive: true });
});

async function addMigration(name: string, script: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "migration.sql"), script);
}

describe("migrating", () => {
  test("twice, and by many at once, is migrating once", async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(url)));
    await migrate(url);
    const names = (await readdir(migrations, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(await history()).toHaveLength(names.length);
  });

  test("refuses a database that holds somebody else's tables, and changes nothing", async () => {
    await statement(url, `CREATE TABLE orders (id int)`);
    await expect(migrate(url)).rejects.toBeInstanceOf(ForeignSchema);
    await expect(migrate(url)).rejects.toThrow(/orders.*empty database/);
    expect(
      await statement(url, `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`),
    ).toHaveLength(1);
  });

  test("refuses the database of another application of Prisma", async () => {
    await addMigration("20200101000000_theirs", "CREATE TABLE orders (id int)");
    const ours = (await readdir(folder)).filter((name) => /^\d/.test(name) && !name.endsWith("theirs"));
    for (const name of ours) await rm(join(folder, name), { recursive: true });
    await migrate(url, folder);
    await expect(migrate(url)).rejects.toBeInstanceOf(ForeignSchema);
  });

  test("refuses the database of a newer Borda", async () => {
    await addMigration("29990101000000_future", `CREATE TABLE "Future" (id int)`);
    await migrate(url, folder);
    await expect(migrate(url)).rejects.toBeInstanceOf(MigrationHistory);
    await expect(migrate(url)).rejects.toThrow(/another version of Borda/);
  });

  test("refuses a migration that was edited after it was applied", async () => {
    await addMigration("29990101000000_more", "SELECT 1");
    await migrate(url, folder);
    await writeFile(join(folder, "29990101000000_more", "migration.sql"), "SELECT 2");
    await expect(migrate(url, folder)).rejects.toThrow(/29990101000000_more was edited/);
  });

  test("that fails halfway leaves nothing of the failed step, and goes on when it is mended", async () => {
    await addMigration("29990101000000_more", `CREATE TABLE "More" (id int); SELECT 1 / 0;`);
    await expect(migrate(url, folder)).rejects.toThrow(/division by zero/);
    expect(await statement(url, `SELECT to_regclass('"More"')::text AS name`)).toEqual([{ name: null }]);
    await writeFile(join(folder, "29990101000000_more", "migration.sql"), `CREATE TABLE "More" (id int);`);
    await migrate(url, folder);
    expect(await history()).toContainEqual({ migration_name: "29990101000000_more" });
  });

  test("says that a server does not answer", async () => {
    await expect(migrate("postgresql://borda@127.0.0.1:1/borda")).rejects.toBeInstanceOf(DatabaseUnavailable);
  });
});

/** What the schema can say: columns, keys, whole indexes, enums; one line each. */
const shape = (database: string) =>
  statement<{ line: string }>(
    database,
    `SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND c.relname <> '_prisma_migrations'
    UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f') AND conrelid <> coalesce(to_regclass('_prisma_migrations'), 0)
    UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid
      WHERE c.relnamespace = 'public'::regnamespace AND indpred IS NULL AND c.relname <> '_prisma_migrations'
    UNION ALL SELECT format('%s %s', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
      FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname
    ORDER BY line`,
  );

describe("Prisma's own engine", () => {
  async function engine() {
    const schema = await readFile(join(prisma, "schema.prisma"), "utf8");
    const files = [{ path: "schema.prisma", content: schema }];
    const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(url));
    return { files, engine: await openSchemaEngine(schema, adapter) };
  }
  const filters = { externalTables: [], externalEnums: [] };

  test("would make of the schema what the migrations make, without their checks", async () => {
    await migrate(url);
    const migrated = await shape(url);
    const { engine: schemaEngine, files } = await engine();
    const to = { tag: "schemaDatamodel", files } as const;
    const { stdout } = await schemaEngine.diff({ from: { tag: "empty" }, to, script: true, exitCode: null, filters });
    schemaEngine.free();
    await statement(url, "DROP SCHEMA public CASCADE");
    await statement(url, stdout!);
    expect(migrated).toEqual(await shape(url));
  });

  test("reads the history as its own", async () => {
    await migrate(url);
    const names = (await readdir(migrations)).filter((name) => /^\d/.test(name));
    const migrationDirectories = await Promise.all(
      names.map(async (path) => {
        const value = await readFile(join(migrations, path, "migration.sql"), "utf8");
        return { path, migrationFile: { path: "migration.sql", content: { tag: "ok", value } } } as const;
      }),
    );
    const content = await readFile(join(migrations, "migration_lock.toml"), "utf8");
    const lockfile = { path: "migration_lock.toml", content };
    const migrationsList = { baseDir: migrations, lockfile, shadowDbInitScript: "", migrationDirectories };
    const { engine: schemaEngine } = await engine();
    const found = await schemaEngine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters,
    });
    schemaEngine.free();
    expect(found).toMatchObject({
      ...{ editedMigrationNames: [], failedMigrationNames: [] },
      ...{ hasMigrationsTable: true, history: null },
    });
  });
});
