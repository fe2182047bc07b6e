import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startOf } from "../bootstrap/lock.mjs";
import type { RunningBorda } from "../testing";
import { alive, sentenceOf, signIn, start, status, temporary } from "./starts";

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
    // processes.json names who runs, for people and for the next start.
    const written = JSON.parse(readFileSync(join(home, "processes.json"), "utf8"));
    expect(written.supervisor.pid).toBe(first.supervisor.pid);
    expect(written.web.started).toBe(startOf(written.web.pid));
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

  it("shows a random password once, stored hashed, and gives an admin who is locked out another", async () => {
    const home = temporary();
    const passwordOf = async ({ said }: RunningBorda) => {
      await expect.poll(() => said.join("\n")).toMatch(/Password: \S{10,}/);
      return /Password: (\S+)/.exec(said.join("\n"))?.[1] ?? "";
    };
    const first = await start({ home, env: { BORDA_ADMIN_PASSWORD: "" } });
    const password = await passwordOf(first);
    expect(await signIn(first, password)).toContain("session_token=");
    await first.stop();
    expect(spawnSync("grep", ["-rlF", password, home], { encoding: "utf8" }).stdout).toBe("");

    const second = await start({ home, args: ["--reset-admin"] });
    const another = await passwordOf(second);
    expect(another).not.toBe(password);
    expect(await signIn(second, another)).toContain("session_token=");
  });

  it("runs twice side by side with other homes and ports, and once from one home", async () => {
    const home = temporary();
    const [a, b] = [await start({ home }), await start()];
    expect(await Promise.all([a, b].map(({ webUrl }) => status(`${webUrl}/api/healthz`)))).toEqual([200, 200]);
    expect(await sentenceOf({ home })).toMatch(/^Another Borda \(process \d+\) runs from .*--home DIR --port N\.$/);
  });
});
