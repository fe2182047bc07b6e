import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aProject, aUser, withTestDatabase } from "@borda/database/testing";
import type { ProjectId } from "@borda/preferences";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scorer } from "../src/scorer";
import { publish, type StoredCheckpoint, storeCheckpoint } from "./checkpoints";
import { ask, internalToken, startService } from "./service";

const test = withTestDatabase();
let home: string;
let projectId: ProjectId;
let service: Scorer;
let key: string;
let first: StoredCheckpoint;
let second: StoredCheckpoint;

async function keyOf(project: ProjectId) {
  return test.db.apiKeys.create({ projectId: project, name: "trainer", createdBy: await aUser(test.db, "ADMIN") });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-scorer-"));
  ({ id: projectId } = (await aProject(test.db, { prompts: 1 })).project);
  first = await storeCheckpoint(test.db, home, projectId, 1);
  second = await storeCheckpoint(test.db, home, projectId, 2);
  await publish(test.db, first);
  service = await startService(home, test.url);
  ({ key } = await keyOf(projectId));
});
afterAll(async () => {
  await service.stop();
  await Promise.all([first, second].map(({ model }) => model.close()));
  await rm(home, { recursive: true, force: true });
});

const prompt = "Why is the sky blue?";
const completions = [
  "Air scatters blue light more than red light.",
  "No.",
  `It is blue ${"because it is blue ".repeat(40)}`,
];

describe("a request for scores", () => {
  it("is answered with the published checkpoint's rewards, in order, as the trainer measures them", async () => {
    const { status, body } = await ask(service, key, { prompt, completions });
    const expected = await first.model.scoreGroup(prompt, completions);
    expect(status).toBe(200);
    expect(body.checkpoint).toBe(first.id);
    expect(body.scores).toHaveLength(3);
    for (const [at, { reward }] of expected.entries()) expect(body.scores[at]).toBeCloseTo(reward, 5);
    expect(body.tokens).toEqual(expected.map(({ tokens }) => tokens));
    expect(body.truncated).toEqual([false, false, true]);
  });

  it("for items scores each by itself, whatever stands beside it", async () => {
    const chat = [{ role: "user" as const, content: "Hello there" }];
    const items = [
      { prompt: chat, completion: "Hello!" },
      { prompt, completion: "No." },
    ];
    const together = await ask(service, key, { items });
    const alone = await Promise.all(items.map((item) => ask(service, key, { items: [item] })));
    const expected = await first.model.score(items);
    for (const [at, { reward }] of expected.entries()) {
      expect(together.body.scores[at]).toBeCloseTo(reward, 5);
      expect(alone[at]?.body.scores[0]).toBeCloseTo(reward, 5);
    }
    expect(together.body.truncated).toEqual([false, false]);
  });

  it("may put a chat before its completions, which are then one group", async () => {
    const chat = [
      { role: "system" as const, content: "You are brief." },
      { role: "user" as const, content: prompt },
    ];
    const { status, body } = await ask(service, key, { prompt: chat, completions });
    const expected = await first.model.scoreGroup(chat, completions);
    expect(status).toBe(200);
    for (const [at, { reward }] of expected.entries()) expect(body.scores[at]).toBeCloseTo(reward, 5);
    const flat = await ask(service, key, { prompt, completions });
    expect(body.scores).not.toEqual(flat.body.scores);
  });

  it("shares batches with those that come while the threads are busy, and gets its own scores", async () => {
    const batches = async () => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/borda_scorer_batch_completions_count (\d+)/.exec(metrics)?.[1]);
    };
    const before = await batches();
    const texts = Array.from({ length: 40 }, (_, number) => `Completion number ${number}.`);
    const replies = await Promise.all(texts.map((text) => ask(service, key, { prompt, completions: [text] })));
    expect((await batches()) - before).toBeLessThan(texts.length);
    const expected = await Promise.all(texts.map((text) => first.model.scoreGroup(prompt, [text])));
    for (const [at, { body }] of replies.entries()) expect(body.scores[0]).toBeCloseTo(expected[at]![0]!.reward, 5);
  });

  it("may pin another checkpoint of its project", async () => {
    const { body } = await ask(service, key, { prompt, completions, checkpoint: second.id });
    const expected = await second.model.scoreGroup(prompt, completions);
    expect(body.checkpoint).toBe(second.id);
    for (const [at, { reward }] of expected.entries()) expect(body.scores[at]).toBeCloseTo(reward, 5);
  });

  it("comes from web with the internal token and names its project", async () => {
    const good = await ask(service, internalToken, { prompt, completions }, { "x-borda-project": projectId });
    expect(good).toMatchObject({ status: 200, body: { checkpoint: first.id } });
    const nameless = await ask(service, internalToken, { prompt, completions });
    expect(nameless).toMatchObject({ status: 422, error: { code: "invalid_request", field: "x-borda-project" } });
    const outsider = await ask(service, key, { prompt, completions }, { "x-borda-project": "another" });
    expect(outsider.body.checkpoint).toBe(first.id);
  });
});

describe("a request that cannot be answered", () => {
  it("401: has no key, or one that nobody made", async () => {
    const none = await ask(service, null, { prompt, completions });
    expect(none).toMatchObject({ status: 401, error: { code: "missing_key" } });
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    const unknown = await ask(service, "borda_unknown", { prompt, completions });
    expect(unknown).toMatchObject({ status: 401, error: { code: "invalid_key" } });
  });

  it("403: has a revoked key, a second after it was revoked at the latest", async () => {
    const { id, key: revoked } = await keyOf(projectId);
    expect((await ask(service, revoked, { prompt, completions })).status).toBe(200);
    await test.db.apiKeys.revoke(id);
    await expect
      .poll(async () => (await ask(service, revoked, { prompt, completions })).error?.code, { timeout: 3000 })
      .toBe("revoked_key");
    expect((await ask(service, revoked, { prompt, completions })).status).toBe(403);
  });

  it("403: pins a checkpoint of another project; 503: whose project has published nothing", async () => {
    const { project } = await aProject(test.db, { prompts: 1 });
    const { key: foreign } = await keyOf(project.id);
    const pinned = await ask(service, foreign, { prompt, completions, checkpoint: first.id });
    expect(pinned).toMatchObject({ status: 403, error: { code: "foreign_checkpoint" } });
    const unpublished = await ask(service, foreign, { prompt, completions });
    expect(unpublished).toMatchObject({ status: 503, error: { code: "nothing_published", retry_after: 5 } });
    expect(unpublished.headers.get("retry-after")).toBe("5");
  });

  it("404: pins a checkpoint that does not exist, or asks elsewhere", async () => {
    const pinned = await ask(service, key, { prompt, completions, checkpoint: "nothing" });
    expect(pinned).toMatchObject({ status: 404, error: { code: "unknown_checkpoint" } });
    const elsewhere = await fetch(`${service.url}/v2/scores`);
    expect([elsewhere.status, ((await elsewhere.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      "not_found",
    ]);
  });

  it("405: is a GET", async () => {
    const reply = await fetch(`${service.url}/v1/scores`);
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("413: is too long, or holds too many completions", async () => {
    const long = await ask(service, key, { prompt: "x".repeat(9 * 2 ** 20), completions });
    expect(long).toMatchObject({ status: 413, error: { code: "body_too_large" } });
    const many = await ask(service, key, { prompt, completions: Array(300).fill("a") });
    expect(many).toMatchObject({ status: 413, error: { code: "too_many_completions" } });
  });

  it("422: has a wrong field, which is named", async () => {
    const wrong = await ask(service, key, { items: [{ prompt, completion: "a" }, { prompt: [{ role: "x" }] }] });
    expect(wrong).toMatchObject({ status: 422, error: { code: "invalid_request", field: "items[1].prompt[0].role" } });
    expect(await ask(service, key, "{")).toMatchObject({ status: 422, error: { code: "invalid_request", field: "" } });
  });

  it("429: comes faster than its key may, and learns when to come again", async () => {
    const slow = await startService(home, test.url, { BORDA_SCORER_RATE: "0.5" });
    try {
      const replies = [];
      for (let i = 0; i < 3; i++) replies.push(await ask(slow, key, { prompt, completions }));
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(replies[2]?.error.code).toBe("rate_limited");
      expect(Number(replies[2]?.headers.get("retry-after"))).toBeGreaterThan(0);
    } finally {
      await slow.stop();
    }
  });
});

describe("an operator", () => {
  it("reads health, readiness and metrics without a key", async () => {
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/borda_scorer_requests_total\{code="ok",status="200"\} [1-9]/);
    expect(metrics).toMatch(/borda_scorer_requests_total\{code="invalid_key",status="401"\} 1/);
    expect(metrics).toContain(`borda_scorer_checkpoint_info{project="${projectId}",checkpoint="${first.id}"} 1`);
    expect(metrics).toMatch(/borda_scorer_batch_completions_count [1-9]/);
  });

  it("finds when a key was used last", async () => {
    const own = await startService(home, test.url);
    const { id, key: used } = await keyOf(projectId);
    const before = Date.now();
    await ask(own, used, { prompt, completions });
    await own.stop();
    const [found] = (await test.db.apiKeys.list(projectId)).filter((row) => row.id === id);
    expect(found?.lastUsedAt?.getTime()).toBeGreaterThanOrEqual(before);
  });
});
