import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Project, type Run, TrainingInProgress } from "@borda/database";
import type { RunId } from "@borda/preferences";
import { verifyCheckpoint } from "@borda/reward-model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, type House, openHouse, rankPrompts, smallRecipe, spoilTraining } from "./house";
import { ended, eventsOf, retrain, stepReached } from "./runs";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
// A test that fails in the middle must not leave its worker to the next one.
afterEach(() => house?.stopWorkers());
afterAll(() => house?.close());

const folderOf = (runId: RunId) => join(house.environment.BORDA_HOME, "runs", runId);

async function isPublished(project: Project, run: Run): Promise<void> {
  expect(run).toMatchObject({ state: "PUBLISHED", error: null, comparisons: 180, step: run.steps });
  expect(run.trainPrompts! + run.heldOutPrompts!).toBe(60);
  const checkpoint = (await house.database.checkpoints.publishedOf(project.id))!;
  expect(checkpoint).toMatchObject({ id: run.checkpointId, baselineId: null, baselineReport: null });
  expect(checkpoint.report.prompts).toBe(run.heldOutPrompts);
  expect(checkpoint.report.accuracy).toBeGreaterThan(0.9);
  const { info, hash } = await verifyCheckpoint(await house.storage.folder(checkpoint.folderKey));
  expect(hash).toBe(checkpoint.sha256);
  expect(info.runId).toBe(run.id);
  const [publication] = await house.database.checkpoints.history(project.id);
  expect(publication).toMatchObject({ checkpointId: checkpoint.id, reason: "the project's first checkpoint" });
}

async function tellsItsStory(run: Run): Promise<void> {
  const events = await eventsOf(house, run.id);
  const steps = events.flatMap((event) => (event.type === "step" ? [event.step] : []));
  expect(events.filter(({ type }) => type === "plan")).toHaveLength(1);
  expect(steps).toEqual(Array.from({ length: run.steps! }, (_, index) => index + 1));
  expect(events.filter(({ type }) => type === "evaluation")).toHaveLength(run.recipe.evaluations);
  await eventually("the removal of its files", 5, async () => !existsSync(folderOf(run.id)));
}

async function isHeldBack(project: Project, run: Run, published: Run): Promise<void> {
  expect(run).toMatchObject({ state: "EVALUATED", error: null, baselineId: published.checkpointId });
  const checkpoint = await house.database.checkpoints.get(run.checkpointId!);
  const before = await house.database.checkpoints.get(published.checkpointId!);
  const { rewardMean, rewardDeviation: _, logLoss, ...figures } = before.report;
  // The same checkpoint, on the same prompts, as far as another order of the sums allows.
  expect(checkpoint.baselineReport).toMatchObject(figures);
  expect(checkpoint.baselineReport!.rewardMean).toBeCloseTo(rewardMean, 4);
  expect(checkpoint.baselineReport!.logLoss).toBeCloseTo(logLoss, 5);
  expect(checkpoint.report.accuracy).toBeLessThan(before.report.accuracy - 0.02);
  const { accuracy, interval } = checkpoint.paired!;
  expect(accuracy).toBeCloseTo(checkpoint.report.accuracy - checkpoint.baselineReport!.accuracy, 10);
  expect(interval[1]).toBeLessThan(0);
  expect((await house.database.checkpoints.publishedOf(project.id))!.id).toBe(before.id);
  const last = (await eventsOf(house, run.id)).at(-1);
  expect(last).toMatchObject({ type: "log", message: expect.stringMatching(/^Not published: .*worse/) });
}

describe("a run", () => {
  it("goes from the rankings to a published checkpoint; a worse one is held back; a person may decide", async () => {
    const worker = await house.work();
    const project = await house.project({ publishRule: { mode: "automatic", tolerance: 0.02 } });
    await rankPrompts(house, project, 60);
    const first = await ended(house, await retrain(house, project));
    await isPublished(project, first);
    await tellsItsStory(first);

    await spoilTraining(house, project, 60);
    const worse = await ended(house, await retrain(house, project));
    await isHeldBack(project, worse, first);

    await house.database.projects.update(project.id, { publishRule: { mode: "manual" } });
    const onwards = await ended(
      house,
      await retrain(house, project, smallRecipe({ startFrom: "published", heldOutShare: 0.5 })),
    );
    expect(onwards).toMatchObject({ state: "EVALUATED", error: null, baselineId: first.checkpointId });
    const messages = (await eventsOf(house, onwards.id)).flatMap((event) =>
      event.type === "log" ? [event.message] : [],
    );
    expect(messages.at(0)).toContain("from the published checkpoint");
    expect(messages.at(1)).toMatch(/^Judging only on the prompts that a held-out share of 0.25 holds out/);
    expect(messages.at(-1)).toMatch(/^Not published: .*a person/);
    const { report } = await house.database.checkpoints.get(onwards.checkpointId!);
    expect(onwards.heldOutPrompts).toBeGreaterThan(first.heldOutPrompts!);
    expect(report.prompts).toBe(first.heldOutPrompts);
    await worker.stop();
  }, 400_000);

  it("is cancelled while it trains", async () => {
    const worker = await house.work();
    const project = await house.project();
    await rankPrompts(house, project, 60);
    const runId = await retrain(house, project, smallRecipe({ epochs: 500 }));
    await stepReached(house, runId, 2);
    await expect(retrain(house, project)).rejects.toBeInstanceOf(TrainingInProgress);
    const askedAt = Date.now();
    await house.database.runs.cancel(runId);
    expect(await ended(house, runId, 20)).toMatchObject({ state: "CANCELLED", checkpointId: null, error: null });
    expect(Date.now() - askedAt).toBeLessThan(10_000);
    await eventually("the removal of its files", 5, async () => !existsSync(folderOf(runId)));
    expect(await house.database.checkpoints.list(project.id)).toEqual([]);
    await worker.stop();
  }, 180_000);

  it("without enough data fails with what to do", async () => {
    const worker = await house.work();
    const empty = await ended(house, await retrain(house, await house.project()));
    expect(empty).toMatchObject({ state: "FAILED", error: "This project has no comparison to learn from." });
    expect(empty.remedy).toMatch(/^Rank a prompt's completions/);
    const few = await house.project();
    await rankPrompts(house, few, 1);
    const unjudged = await ended(house, await retrain(house, few));
    expect(unjudged).toMatchObject({ state: "FAILED", error: expect.stringMatching(/held-out 25 %/) });
    expect(unjudged.remedy).toMatch(/more prompts .*raise/);
    const untaught = await ended(house, await retrain(house, few, smallRecipe({ heldOutShare: 0.99 })));
    expect(untaught).toMatchObject({ state: "FAILED", error: expect.stringMatching(/^All of .* held-out 99 %/) });
    expect(untaught.remedy).toMatch(/more prompts .*lower/);
    await worker.stop();
  }, 120_000);

  it("whose recipe cannot be trained fails with the trainer's own words", async () => {
    const worker = await house.work();
    const project = await house.project();
    await rankPrompts(house, project, 40);
    const run = await ended(house, await retrain(house, project, smallRecipe({ mode: "last", lastLayers: 99 })));
    expect(run).toMatchObject({ state: "FAILED", error: expect.stringContaining("the backbone has 2 layers") });
    expect(run.remedy).not.toBe("");
    await worker.stop();
  }, 120_000);
});
