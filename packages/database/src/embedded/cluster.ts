import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { DiskFull, PostgresFailed } from "../errors";
import type { Account } from "./account";
import type { Binaries } from "./binaries";

/** What is remembered beside the data, readable by its owner only. */
const Memory = z.object({ password: z.string().min(1), port: z.number().int().nullable() });
export type Memory = z.infer<typeof Memory>;

export const SUPERUSER = "borda";
const memoryFile = (dataDir: string) => join(dataDir, "borda.json");

/** Makes the data folder unless it is there. It appears under its name only when it is complete. */
export async function ensureCluster(
  dataDir: string,
  { initdb }: Binaries,
  account: Account,
  password: string = randomBytes(24).toString("base64url"),
): Promise<Memory> {
  if (existsSync(join(dataDir, "PG_VERSION"))) return readMemory(dataDir);
  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  try {
    await mkdir(dirname(dataDir), { recursive: true });
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account.ids) {
      await chown(draft, account.ids.uid, account.ids.gid);
      await chown(passwordFile, account.ids.uid, account.ids.gid);
    }
    // The built-in locale sorts and folds alike on every platform.
    const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    const access = ["--auth=scram-sha-256", `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
    const { file, args, ids } = account.command(initdb, [`--pgdata=${draft}`, ...locale, ...access]);
    await promisify(execFile)(file, args, { ...ids, env: { ...process.env, LC_MESSAGES: "C" } });
    await remember(draft, { password, port: null });
    await rename(draft, dataDir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw failureOf(error, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return { password, port: null };
}

export async function remember(dataDir: string, memory: Memory): Promise<void> {
  const draft = `${memoryFile(dataDir)}.new`;
  await writeFile(draft, JSON.stringify(memory), { mode: 0o600 });
  await rename(draft, memoryFile(dataDir));
}

async function readMemory(dataDir: string): Promise<Memory> {
  try {
    return Memory.parse(JSON.parse(await readFile(memoryFile(dataDir), "utf8")));
  } catch (cause) {
    throw new PostgresFailed(
      `${dataDir} holds a PostgreSQL that Borda did not make: choose another home, or name that server in DATABASE_URL.`,
      { cause },
    );
  }
}

/** Recognises a full disk in what a tool of PostgreSQL, or the file system, said. */
export function failureOf(error: unknown, dataDir: string): Error {
  const { code, stderr, message } = error as { code?: unknown; stderr?: unknown; message?: unknown };
  const said = `${typeof stderr === "string" ? stderr : ""}\n${String(message)}`.trim();
  if (code === "ENOSPC" || /No space left on device|ENOSPC|There is not enough space/.test(said))
    return new DiskFull(dataDir, error);
  if (error instanceof PostgresFailed) return error;
  return new PostgresFailed(`PostgreSQL did not start in ${dataDir}: ${said}`, { cause: error });
}
