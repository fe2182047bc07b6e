import type { Project } from "@borda/database";
import { redisIsInstalled, startRedis } from "@borda/queue/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse, rankPrompts, smallRecipe } from "./house";
import { ended, retrain, stepReached } from "./runs";
import { startWorkerProcess } from "./worker-process";

/** The worker's essentials once more, with the queue on Redis: the other tests have it on Postgres. */
describe.runIf(redisIsInstalled || process.env.CI)("with the queue on Redis", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let house: House;
  let project: Project;
  beforeAll(async () => {
    redis = await startRedis();
    house = await openHouse({ REDIS_URL: redis.redisUrl });
    project = await house.project();
    await rankPrompts(house, project, 24);
  }, 120_000);
  afterAll(async () => {
    await house?.close();
    await redis?.stop();
  });

  it("a training whose worker is killed is ended by the next, beside an import", async () => {
    const doomed = await startWorkerProcess(house, { leaseSeconds: 6, heartbeatSeconds: 0.5, saveEverySeconds: 1 });
    const runId = await retrain(house, project, smallRecipe({ evaluations: 1 }));
    await stepReached(house, runId, 2);
    await doomed.kill();
    await house.work();
    const file = { prompt: "Why?", completions: [{ text: "Because." }, { text: "No." }], tiers: [[0], [1]] };
    const found = await house.imported(await house.upload(project, "one.jsonl", JSON.stringify(file)));
    expect(found).toMatchObject({ state: "FINISHED", prompts: 1, completions: 2, rankings: 1 });
    const run = await ended(house, runId);
    expect(run).toMatchObject({ state: "EVALUATED", error: null });
    expect(run.checkpointId).not.toBeNull();
  }, 240_000);
});
