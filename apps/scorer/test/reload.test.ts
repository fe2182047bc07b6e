import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database, type EmbeddedPostgres, migrate, startEmbeddedPostgres } from "@borda/database";
import { aProject, aUser } from "@borda/database/testing";
import type { ProjectId } from "@borda/preferences";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scorer } from "../src/scorer";
import { publish, type StoredCheckpoint, storeCheckpoint } from "./checkpoints";
import { ask, type Reply, startService } from "./service";

// A PostgreSQL of its own: it is killed below.
let home: string;
let postgres: EmbeddedPostgres;
let database: Database;
let projectId: ProjectId;
let service: Scorer;
let key: string;
let checkpoints: [StoredCheckpoint, StoredCheckpoint];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-reload-"));
  postgres = await startEmbeddedPostgres({ dataDir: join(home, "postgres") });
  await migrate(postgres.url);
  database = createDatabase(postgres.url);
  ({ id: projectId } = (await aProject(database, { prompts: 1 })).project);
  checkpoints = [
    await storeCheckpoint(database, home, projectId, 1),
    await storeCheckpoint(database, home, projectId, 2),
  ];
  await publish(database, checkpoints[0]);
  ({ key } = await database.apiKeys.create({ projectId, name: "k", createdBy: await aUser(database, "ADMIN") }));
  service = await startService(home, postgres.url);
});
afterAll(async () => {
  await service.stop();
  await Promise.all(checkpoints.map(({ model }) => model.close()));
  await database.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

const request = { prompt: "How does thing 3 work?", completions: ["Step by step.", "no", "It does."] };

/** Asks again and again until `until`, several at a time; all replies in order of arrival. */
async function hammer(callers: number, until: () => boolean): Promise<(Reply & { at: number })[]> {
  const replies: (Reply & { at: number })[] = [];
  const caller = async () => {
    while (!until()) replies.push({ ...(await ask(service, key, request)), at: Date.now() });
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return replies;
}

describe("a newly published checkpoint", () => {
  it("answers within two seconds, and no request fails for it", async () => {
    const [before, after] = checkpoints;
    let isServed = false;
    const hammering = hammer(6, () => isServed);
    await expect.poll(async () => (await ask(service, key, request)).body.checkpoint).toBe(before.id);
    const publishedAt = Date.now();
    await publish(database, after);
    await expect
      .poll(async () => (await ask(service, key, request)).body.checkpoint, { timeout: 10_000, interval: 20 })
      .toBe(after.id);
    isServed = true;

    const replies = await hammering;
    const servedAt = Math.min(...replies.filter(({ body }) => body.checkpoint === after.id).map(({ at }) => at));
    expect(servedAt - publishedAt).toBeLessThan(2000);
    const expected = new Map(
      await Promise.all(
        checkpoints.map(
          async ({ id, model }) => [id as string, await model.scoreGroup(request.prompt, request.completions)] as const,
        ),
      ),
    );
    expect(replies.length).toBeGreaterThan(10);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.checkpoint))).toEqual(new Set([before.id, after.id]));
    for (const { body } of replies) {
      for (const [at, { reward }] of (expected.get(body.checkpoint) ?? []).entries()) {
        expect(body.scores[at]).toBeCloseTo(reward, 5);
      }
    }
  });
});

describe("one caller with thousands of items", () => {
  it("does not keep a small request of another waiting", async () => {
    const { key: other } = await database.apiKeys.create({
      projectId,
      name: "other",
      createdBy: await aUser(database, "ADMIN"),
    });
    const items = Array.from({ length: 600 }, (_, number) => ({
      prompt: `Question ${number}`,
      completion: "It works like this, and that is all there is to say about it. ".repeat(8),
    }));
    let largeDone = false;
    const began = performance.now();
    const large = ask(service, key, { items }).then((reply) => {
      largeDone = true;
      return { reply, seconds: (performance.now() - began) / 1000 };
    });
    const waits: number[] = [];
    while (waits.length < 5) {
      const asked = performance.now();
      expect((await ask(service, other, request)).status).toBe(200);
      waits.push((performance.now() - asked) / 1000);
    }
    // The models run in threads: the process itself answers meanwhile.
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect(largeDone).toBe(false);
    const { reply, seconds } = await large;
    expect(reply.body.scores).toHaveLength(items.length);
    expect(Math.max(...waits)).toBeLessThan(seconds / 3);
  });
});

describe("a scorer whose PostgreSQL is killed", () => {
  it("goes on for whom it knows, says 503 to others, and recovers", async () => {
    expect((await ask(service, key, request)).status).toBe(200);
    const { id: publishedId } = checkpoints[1];
    process.kill(postgres.pid, "SIGKILL");
    const during = await hammer(2, untilLater(1500));
    expect(new Set(during.map(({ status, body }) => `${status} ${body.checkpoint}`))).toEqual(
      new Set([`200 ${publishedId}`]),
    );
    const stranger = await ask(service, "borda_never_seen", request);
    expect(stranger).toMatchObject({ status: 503, error: { code: "database_unavailable" } });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);

    postgres = await startEmbeddedPostgres({ dataDir: join(home, "postgres"), port: postgres.port });
    await expect
      .poll(async () => (await ask(service, "borda_never_seen", request)).status, { timeout: 10_000 })
      .toBe(401);
    await publish(database, checkpoints[0]);
    await expect
      .poll(async () => (await ask(service, key, request)).body.checkpoint, { timeout: 5000 })
      .toBe(checkpoints[0].id);
  });
});

describe("a scorer that is stopped", () => {
  it("finishes what it was asked", async () => {
    const own = await startService(home, postgres.url);
    const items = Array.from({ length: 1500 }, (_, number) => ({ prompt: `Question ${number}`, completion: "Yes." }));
    const asked = ask(own, key, { items });
    await expect
      .poll(async () => (await (await fetch(`${own.url}/metrics`)).text()).match(/queue_depth (\d+)/)?.[1], {
        interval: 1,
      })
      .not.toBe("0");
    await own.stop();
    expect((await asked).body.scores).toHaveLength(1500);
    await expect(ask(own, key, request)).rejects.toThrow();
  });
});

function untilLater(milliseconds: number): () => boolean {
  const end = Date.now() + milliseconds;
  return () => Date.now() > end;
}
