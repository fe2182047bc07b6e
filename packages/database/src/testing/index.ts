import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { createDatabase, type Database } from "../database";
import { startTestServer, type TestServer } from "./server";
import "./global-setup";

export { aCheckpoint, aProject, aUser, rankAll, rows, type Scene, someReport, someTexts } from "./scene";

export interface TestDatabase {
  readonly db: Database;
  readonly url: string;
}

/**
 * A fresh, migrated database for the test file that calls it, on the server of the vitest run (`globalSetup`), or on one
 * of its own where the configuration names none. Use it inside tests and hooks; it is gone after the file's last test.
 */
export function withTestDatabase(): TestDatabase {
  let own: TestServer | undefined;
  let opened: (TestDatabase & { drop(): Promise<void> }) | undefined;
  beforeAll(async () => {
    const provided = inject("bordaTemplateUrl");
    if (!provided) own = await startTestServer();
    opened = await copyTemplate(provided ?? own!.templateUrl);
  }, 60_000);
  afterAll(async () => {
    await opened?.drop();
    await own?.stop();
  }, 60_000);
  const current = () => {
    if (!opened) throw new Error("The test database is open inside tests and hooks only.");
    return opened;
  };
  return {
    get db() {
      return current().db;
    },
    get url() {
      return current().url;
    },
  };
}

async function copyTemplate(templateUrl: string): Promise<TestDatabase & { drop(): Promise<void> }> {
  const template = new URL(templateUrl);
  const name = `test_${randomBytes(8).toString("hex")}`;
  const url = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).href;
  await onServer(templateUrl, `CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
  const db = createDatabase(url);
  return {
    db,
    url,
    async drop() {
      await db.close();
      await onServer(templateUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(templateUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(Object.assign(new URL(templateUrl), { pathname: "/postgres" }).href);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
