import path from "node:path";
import { createDatabase, type Database } from "@borda/database";
import { createQueue, type Queue } from "@borda/queue";
import { createStorage, type Storage } from "@borda/storage";
import { env } from "@/env";

/** Next may load this module more than once in a process; what has a lifetime is held on globalThis, once. */
const held = globalThis as typeof globalThis & { borda?: { database?: Database; queue?: Queue; storage?: Storage } };
held.borda ??= {};
const once = held.borda;

export function database(): Database {
  once.database ??= createDatabase(env().DATABASE_URL);
  return once.database;
}

export function queue(): Queue {
  const { DATABASE_URL, REDIS_URL } = env();
  once.queue ??= createQueue({ databaseUrl: DATABASE_URL, ...(REDIS_URL ? { redisUrl: REDIS_URL } : {}) });
  return once.queue;
}

/** Checkpoints and uploads, under BORDA_HOME. */
export function storage(): Storage {
  once.storage ??= createStorage(path.join(env().BORDA_HOME, "storage"));
  return once.storage;
}
