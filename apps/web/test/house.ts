import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { aUser, withTestDatabase } from "@borda/database/testing";
import type { UserId } from "@borda/preferences";
import { createQueue, type Queue } from "@borda/queue";
import { createStorage, type Storage } from "@borda/storage";
import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import type { Context } from "@/server/context";

/** What procedures work on: a database, a queue and a storage, each the test file's own. */
export function withHouse() {
  const given = withTestDatabase();
  let queue: Queue;
  let storage: Storage;
  let folder: string;
  beforeAll(async () => {
    queue = createQueue({ databaseUrl: given.url });
    folder = await mkdtemp(path.join(tmpdir(), "borda-web-"));
    storage = createStorage(folder);
  });
  afterAll(async () => {
    await queue.close();
    await rm(folder, { recursive: true });
  });

  /** Of a request by this user, or by nobody. */
  const contextOf = (user: Context["user"]): Context => ({
    ...{ user, database: given.db, queue, storage },
    log: pino({ level: "silent" }),
    retraining: { rankingStored: () => {} },
  });
  return {
    get db() {
      return given.db;
    },
    get url() {
      return given.url;
    },
    get queue() {
      return queue;
    },
    get storage() {
      return storage;
    },
    nobody: () => contextOf(null),
    anAdmin: async () =>
      contextOf({ id: await aUser(given.db, "ADMIN"), name: "Ada", email: "ada@borda.test", role: "ADMIN" }),
    labeler: (id: UserId) => contextOf({ id, name: "Lou", email: "lou@borda.test", role: "LABELER" }),
  };
}
