import { execFileSync, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { createDatabase, startEmbeddedPostgres } from "@borda/database";
import { describe, expect, it } from "vitest";
import { freePortPair } from "../supervisor/ports";
import { alive, sentenceOf, start, status, temporary } from "./starts";

const isAnswered = (url: string) => status(url).catch(() => 0);

describe("npm start", () => {
  it("starts a crashed service again, and PostgreSQL too", async () => {
    const borda = await start();
    const before = borda.processes();
    for (const name of ["web", "scorer", "worker", "postgres"]) process.kill(before[name] ?? 0, "SIGKILL");
    const healthy = async () => [
      await isAnswered(`${borda.webUrl}/api/healthz`),
      await isAnswered(`${borda.scorerUrl}/readyz`),
      Object.entries(borda.processes()).every(([name, pid]) => name === "supervisor" || pid !== before[name]),
    ];
    await expect.poll(healthy, { timeout: 60_000, interval: 200 }).toEqual([200, 200, true]);
    const after = borda.processes();
    expect(await borda.stop()).toBe(0);
    expect(alive(after)).toEqual([]);
  });

  it("recovers from a supervisor that was killed: nobody is left over, and the next start goes on", async () => {
    const home = temporary();
    const killed = await start({ home });
    const before = killed.processes();
    killed.supervisor.kill("SIGKILL");
    const next = await start({ home });
    const { supervisor, postgres, ...services } = before;
    expect(alive(services)).toEqual([]);
    expect(await status(`${next.webUrl}/api/healthz`)).toBe(200);
    const after = next.processes();
    await next.stop();
    expect(alive({ ...before, ...after })).toEqual([]);
  });
});

describe("npm start ends with one sentence", () => {
  it("when a port is busy", async () => {
    const port = await freePortPair();
    const other = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    expect(await sentenceOf({ port })).toMatch(new RegExp(`^Port ${port} is taken by another program.*--port N\\.$`));
    other.close();
  });

  it("when the database in DATABASE_URL belongs to something else, which stays as it was", async () => {
    const postgres = await startEmbeddedPostgres({ dataDir: join(temporary(), "postgres") });
    const database = createDatabase(postgres.url);
    try {
      await database.prisma.$executeRaw`CREATE TABLE invoices (id int)`;
      expect(await sentenceOf({ env: { DATABASE_URL: postgres.url } })).toMatch(
        /^The database in DATABASE_URL already holds tables that are not Borda's \(.*invoices.*\): /,
      );
      const tables = await database.prisma.$queryRaw`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`;
      expect(tables).toEqual([{ tablename: "invoices" }]);
    } finally {
      await database.close();
      await postgres.stop();
    }
  });

  it("when the database in DATABASE_URL does not answer", async () => {
    const port = await freePortPair();
    const sentence = await sentenceOf({ env: { DATABASE_URL: `postgresql://x:y@127.0.0.1:${port}/z` } });
    expect(sentence).toMatch(/database/i);
    expect(sentence).not.toMatch(/\n| {4}at /);
  });
});

describe("a disk that is really full", () => {
  it.each([
    ["too small to begin", "size=40m", /is full \(Borda needs 300 MB and \d+ MB are left\): free some space/],
    // Room for bytes but not for files: every check passes, and then a write fails.
    ["full on the way", "size=400m,nr_inodes=300", /[Nn]o space is left|is full/],
  ])("%s ends the start with one sentence", async (_, options, sentence) => {
    const home = temporary();
    if (!mounts(home, options))
      return console.warn("A full disk was NOT tested: mounting a small one is not allowed here.");
    try {
      const said = await sentenceOf({ home });
      expect(said).toMatch(sentence);
      expect(said).toMatch(/[Ff]ree some space/);
    } finally {
      execFileSync("umount", [home]);
    }
  });
});

/** Whether a disk of these options now lies at `folder`: only root may do that, and only on Linux. */
function mounts(folder: string, options: string): boolean {
  const { status: code } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "borda-test", folder], {
    stdio: "ignore",
  });
  return code === 0;
}
