import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createDatabase,
  DatabaseUnavailable,
  type EmbeddedPostgres,
  migrate,
  PortTaken,
  PostgresFailed,
  startEmbeddedPostgres,
} from "../src";
import { failureOf } from "../src/embedded/cluster";
import { isAlive } from "../src/embedded/processes";
import { aProject } from "../src/testing";
import { statement, submissionOf } from "./support";

let home: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-home-"));
  server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
  await migrate(server.url);
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

async function kill(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
}

describe("the embedded PostgreSQL", () => {
  test("keeps its port and its data from start to start", async () => {
    const before = server.url;
    await statement(server.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await server.stop();
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
    expect(server.url).toBe(before);
    expect(await statement(server.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  test("runs beside another one with another home, each on its port with its password", async () => {
    const other = await startEmbeddedPostgres({ dataDir: join(home, "two") });
    expect(other.port).not.toBe(server.port);
    const { password } = new URL(server.url);
    await expect(statement(Object.assign(new URL(other.url), { password }).href, "SELECT 1")).rejects.toThrow(
      /password/,
    );
    await other.stop();
  });

  test("listens to this machine only, and wants durable commits", async () => {
    const shown = await statement(
      server.url,
      `SELECT current_setting('listen_addresses') AS host, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
    );
    expect(shown).toEqual([{ host: "127.0.0.1", fsync: "on", commit: "on" }]);
  });

  test("recovers from a kill -9", async () => {
    await statement(server.url, "INSERT INTO kept VALUES (43)");
    await kill(server.pid);
    server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
    expect(await statement(server.url, "SELECT answer FROM kept ORDER BY 1")).toEqual([{ answer: 42 }, { answer: 43 }]);
  });

  test("whose owner was killed is adopted by the next start, or moved when that wants another port", async () => {
    const dataDir = join(home, "orphan");
    const owner = await anOwner(dataDir);
    await kill(owner.child.pid!);
    const adopted = await startEmbeddedPostgres({ dataDir });
    expect({ pid: adopted.pid, url: adopted.url }).toEqual({ pid: owner.pid, url: owner.url });
    const port = await freePort();
    const moved = await startEmbeddedPostgres({ dataDir, port });
    expect(moved.port).toBe(port);
    expect(moved.pid).not.toBe(adopted.pid);
    await moved.stop();
  });

  test("starts over a stale file that names a living process of another kind", async () => {
    await server.stop();
    await writeFile(
      join(home, "one", "postmaster.pid"),
      `${process.pid}\n${join(home, "one")}\n1\n${server.port}\n\n127.0.0.1\n\nready\n`,
    );
    server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
    expect(await statement(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("refuses a port that is taken when it was asked for, and avoids it when it was only remembered", async () => {
    const { port } = server;
    await server.stop();
    const blocker = createServer().listen(port, "127.0.0.1");
    await once(blocker, "listening");
    await expect(startEmbeddedPostgres({ dataDir: join(home, "one"), port })).rejects.toBeInstanceOf(PortTaken);
    server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
    expect(server.port).not.toBe(port);
    blocker.close();
  });

  test("refuses the data of a PostgreSQL that is not Borda's", async () => {
    const dataDir = join(home, "foreign");
    await mkdir(dataDir);
    await writeFile(join(dataDir, "PG_VERSION"), "18\n");
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toBeInstanceOf(PostgresFailed);
  });

  test("that died while it was made is made again", async () => {
    const dataDir = join(home, "half");
    await mkdir(join(dataDir.concat(".new"), "base"), { recursive: true });
    const half = await startEmbeddedPostgres({ dataDir });
    expect(existsSync(`${dataDir}.new`)).toBe(false);
    await half.stop();
  });

  test("says when the disk is full", () => {
    const said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device';
    expect(failureOf({ message: said }, "/home/borda")).toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("/home/borda"),
    });
    expect(failureOf(Object.assign(new Error("write"), { code: "ENOSPC" }), "/x")).toMatchObject({ code: "DISK_FULL" });
  });
});

test("a kill -9 of PostgreSQL in the middle of labeling loses no confirmed ranking and repeats none", async () => {
  const db = createDatabase(server.url);
  try {
    const { project, labelers } = await aProject(db, { prompts: 400, k: 3, labelers: 4 });
    const heard: string[] = [];
    await db.listen("borda_run", (payload) => heard.push(payload));
    const confirmed = new Set<string>();
    const troubles: unknown[] = [];
    let enough = false;
    const labeling = labelers.map(async (labelerId) => {
      while (!enough) {
        try {
          const task = await db.tasks.next({ projectId: project.id, labelerId });
          if (!task) return;
          const submission = submissionOf(task, labelerId);
          // As a browser does: the same token until there is an answer.
          for (;;) {
            try {
              confirmed.add((await db.rankings.submit(submission)).rankingId);
              break;
            } catch (error) {
              if (!(error instanceof DatabaseUnavailable)) throw error;
              troubles.push(error);
              await pause(50);
            }
          }
        } catch (error) {
          if (!(error instanceof DatabaseUnavailable)) throw error;
          troubles.push(error);
          await pause(50);
        }
      }
    });
    for (let crash = 0; crash < 2; crash++) {
      const before = confirmed.size;
      await expect.poll(() => confirmed.size, { timeout: 20_000 }).toBeGreaterThan(before + 20);
      await kill(server.pid);
      server = await startEmbeddedPostgres({ dataDir: join(home, "one") });
    }
    const before = confirmed.size;
    await expect.poll(() => confirmed.size, { timeout: 20_000 }).toBeGreaterThan(before + 20);
    enough = true;
    await Promise.all(labeling);
    expect(troubles.length).toBeGreaterThan(0);
    const stored = await statement<{ id: string; promptId: string }>(
      server.url,
      `SELECT id, "promptId" FROM "Ranking"`,
    );
    expect(new Set(stored.map(({ id }) => id))).toEqual(confirmed);
    expect(new Set(stored.map(({ promptId }) => promptId)).size).toBe(stored.length);
    await expect
      .poll(() => statement(server.url, "NOTIFY borda_run, 'back'").then(() => heard), { timeout: 10_000 })
      .toContain("back");
  } finally {
    await db.close();
  }
}, 120_000);

test("a database that does not answer is said to be unavailable, by plain SQL and by Prisma", async () => {
  const db = createDatabase("postgresql://borda@127.0.0.1:1/borda");
  await expect(db.ping()).rejects.toBeInstanceOf(DatabaseUnavailable);
  await expect(db.users.hasAdmin()).rejects.toBeInstanceOf(DatabaseUnavailable);
  await expect(db.listen("borda_run", () => {})).rejects.toBeInstanceOf(DatabaseUnavailable);
  await db.close();
});

/** A process of its own that starts a server and then does nothing. */
async function anOwner(dataDir: string): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const source = new URL("../src/embedded/index.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(source)}).then(async ({ startEmbeddedPostgres }) => {
    const { pid, url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1000);
  });`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { pid: number; url: string }) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
