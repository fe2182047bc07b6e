import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, startEmbeddedPostgres } from "@borda/database";
import { afterEach, describe, expect, it } from "vitest";
import { startOf } from "../bootstrap/lock.mjs";
import { freePortPair } from "../supervisor/ports";
import { type RunningBorda, StartFailed, startBorda } from "../testing";

// Each test starts Borda as a person does; what a failed test left running ends here.
const running: RunningBorda[] = [];
const folders: string[] = [];
async function start(options: Parameters<typeof startBorda>[0] = {}): Promise<RunningBorda> {
  const borda = await startBorda(options);
  running.push(borda);
  return borda;
}
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-start-"));
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((borda) => borda.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const status = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(5000) })).status;
const isAnswered = (url: string) => status(url).catch(() => 0);
const alive = (pids: Record<string, number>) => Object.entries(pids).filter(([, pid]) => startOf(pid) !== "");

/** Signs the first admin in: the cookies of their session. */
async function signIn({ webUrl, admin }: RunningBorda, password = admin.password): Promise<string> {
  const reply = await fetch(`${webUrl}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: webUrl },
    body: JSON.stringify({ email: admin.email, password }),
  });
  expect(reply.status).toBe(200);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

/** The one sentence that a start ended with. */
async function sentenceOf(options: Parameters<typeof startBorda>[0]): Promise<string> {
  try {
    await start(options);
  } catch (error) {
    if (error instanceof StartFailed) return error.said.at(-1) ?? "";
    throw error;
  }
  throw new Error("it started");
}

describe("npm start", () => {
  it("ends with the address and the first admin's sign-in, is quick the second time, and Ctrl-C leaves nothing", async () => {
    const home = temporary();
    const first = await start({ home });
    const said = first.said.join("\n");
    expect(said).toMatch(/Starting the embedded PostgreSQL \.\.\. .*\nMigrating the database/);
    expect(await status(`${first.webUrl}/api/healthz`)).toBe(200);
    expect(await status(`${first.scorerUrl}/readyz`)).toBe(200);
    const pids = first.processes();
    expect(Object.keys(pids).sort()).toEqual(["postgres", "scorer", "supervisor", "web", "worker"]);
    const cookie = await signIn(first);
    const headers = { "content-type": "application/json", origin: first.webUrl, cookie };
    await fetch(`${first.webUrl}/api/trpc/projects.loadDemo`, { method: "POST", headers, body: "{}" });
    expect(await first.stop()).toBe(0);
    expect(alive(pids)).toEqual([]);

    const second = await start({ home, port: Number(new URL(first.webUrl).port) });
    expect(second.seconds).toBeLessThan(15);
    expect(second.said.join("\n")).not.toContain("Sign in:");
    // What was begun is there, and goes on; whoever was signed in still is.
    const prompts = async () => {
      const reply = await fetch(`${second.webUrl}/api/trpc/projects.list`, { headers: { cookie } });
      return /"prompts":(\d+)/.exec(await reply.text())?.[1];
    };
    await expect.poll(prompts, { timeout: 20_000 }).toBe("24");
  });

  it("shows a random password once, and stores it hashed", async () => {
    const home = temporary();
    const borda = await start({ home, env: { BORDA_ADMIN_PASSWORD: "" } });
    await expect.poll(() => borda.said.join("\n")).toMatch(/Password: \S{10,}/);
    const password = /Password: (\S+)/.exec(borda.said.join("\n"))?.[1] ?? "";
    expect(await signIn(borda, password)).toContain("session_token=");
    await borda.stop();
    expect(spawnSync("grep", ["-rlF", password, home], { encoding: "utf8" }).stdout).toBe("");
  });

  it("gives an admin who is locked out a new password", async () => {
    const home = temporary();
    await (await start({ home })).stop();
    const borda = await start({ home, args: ["--reset-admin"] });
    await expect.poll(() => borda.said.join("\n")).toMatch(/Password: \S{10,}/);
    expect(await signIn(borda, /Password: (\S+)/.exec(borda.said.join("\n"))?.[1])).toContain("session_token=");
  });

  it("runs twice side by side, with other homes and ports", async () => {
    const [a, b] = [await start(), await start()];
    expect(await Promise.all([a, b].map(({ webUrl }) => status(`${webUrl}/api/healthz`)))).toEqual([200, 200]);
  });

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
  it("when another one has the home", async () => {
    const home = temporary();
    await start({ home });
    expect(await sentenceOf({ home })).toMatch(/^Another Borda \(process \d+\) runs from .*--home DIR --port N\.$/);
  });

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

describe("a home's processes.json", () => {
  it("names who runs, for people and for the next start", async () => {
    const borda = await start();
    const written = JSON.parse(readFileSync(join(borda.home, "processes.json"), "utf8"));
    expect(written.supervisor.pid).toBe(borda.supervisor.pid);
    expect(written.web.started).toBe(startOf(written.web.pid));
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
