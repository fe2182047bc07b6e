import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Project, type Run, TrainingInProgress } from "@borda/database";
import type { Recipe, RunEvent, RunId } from "@borda/preferences";
import { trainRewardModel } from "@borda/queue";
import { verifyCheckpoint } from "@borda/reward-model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, type House, openHouse, rankPrompts, smallRecipe, spoilTraining } from "./house";
import { startWorkerProcess } from "./worker-process";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
// A test that fails in the middle must not leave its worker to the next one.
afterEach(() => house?.stopWorkers());
afterAll(() => house?.close());

const retrain = async ({ id: projectId }: Project, recipe: Recipe = smallRecipe()): Promise<RunId> => {
  const run = await house.database.runs.create({ projectId, recipe, trigger: "manual", createdBy: house.admin });
  await house.queue.add(trainRewardModel, { runId: run.id });
  return run.id;
};
const ended = (runId: RunId, seconds = 120): Promise<Run> =>
  eventually("the end of the run", seconds, async () => {
    const run = await house.database.runs.get(runId);
    return run.finishedAt === null ? null : run;
  });
const eventsOf = async (runId: RunId): Promise<RunEvent[]> =>
  (await house.database.runs.events(runId)).map(({ event }) => event);
const stepReached = (runId: RunId, step: number) =>
  eventually(`step ${step}`, 90, async () => (await house.database.runs.get(runId)).step >= step);
const weightsOf = async (run: Run): Promise<string> => {
  const { folderKey } = await house.database.checkpoints.get(run.checkpointId!);
  const file = await readFile(join(await house.storage.folder(folderKey), "model.safetensors"));
  return createHash("sha256").update(file).digest("hex");
};
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
  const events = await eventsOf(run.id);
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
  const last = (await eventsOf(run.id)).at(-1);
  expect(last).toMatchObject({ type: "log", message: expect.stringMatching(/^Not published: .*worse/) });
}

describe("a run", () => {
  it("goes from the rankings to a published checkpoint; a worse one is held back; a person may decide", async () => {
    const worker = await house.work();
    const project = await house.project({ publishRule: { mode: "automatic", tolerance: 0.02 } });
    await rankPrompts(house, project, 60);
    const first = await ended(await retrain(project));
    await isPublished(project, first);
    await tellsItsStory(first);

    await spoilTraining(house, project, 60);
    const worse = await ended(await retrain(project));
    await isHeldBack(project, worse, first);

    await house.database.projects.update(project.id, { publishRule: { mode: "manual" } });
    const onwards = await ended(await retrain(project, smallRecipe({ startFrom: "published" })));
    expect(onwards).toMatchObject({ state: "EVALUATED", error: null, baselineId: first.checkpointId });
    const messages = (await eventsOf(onwards.id)).flatMap((event) => (event.type === "log" ? [event.message] : []));
    expect(messages.at(0)).toContain("from the published checkpoint");
    expect(messages.at(-1)).toMatch(/^Not published: .*a person/);
    await worker.stop();
  }, 400_000);

  it("is cancelled while it trains", async () => {
    const worker = await house.work();
    const project = await house.project();
    await rankPrompts(house, project, 60);
    const runId = await retrain(project, smallRecipe({ epochs: 500 }));
    await stepReached(runId, 2);
    await expect(retrain(project)).rejects.toBeInstanceOf(TrainingInProgress);
    const askedAt = Date.now();
    await house.database.runs.cancel(runId);
    expect(await ended(runId, 20)).toMatchObject({ state: "CANCELLED", checkpointId: null, error: null });
    expect(Date.now() - askedAt).toBeLessThan(10_000);
    await eventually("the removal of its files", 5, async () => !existsSync(folderOf(runId)));
    expect(await house.database.checkpoints.list(project.id)).toEqual([]);
    await worker.stop();
  }, 180_000);

  it("without enough data fails with what to do", async () => {
    const worker = await house.work();
    const empty = await ended(await retrain(await house.project()));
    expect(empty).toMatchObject({ state: "FAILED", error: "This project has no comparison to learn from." });
    expect(empty.remedy).toMatch(/^Rank a prompt's completions/);
    const few = await house.project();
    await rankPrompts(house, few, 1);
    const unjudged = await ended(await retrain(few));
    expect(unjudged).toMatchObject({ state: "FAILED", error: expect.stringMatching(/held-out 25 %/) });
    expect(unjudged.remedy).toMatch(/more prompts/);
    await worker.stop();
  }, 120_000);

  it("whose recipe cannot be trained fails with the trainer's own words", async () => {
    const worker = await house.work();
    const project = await house.project();
    await rankPrompts(house, project, 40);
    const run = await ended(await retrain(project, smallRecipe({ mode: "last", lastLayers: 99 })));
    expect(run).toMatchObject({ state: "FAILED", error: expect.stringContaining("the backbone has 2 layers") });
    expect(run.remedy).not.toBe("");
    await worker.stop();
  }, 120_000);
});

describe("a training that is broken off ends with the weights of an unbroken one", () => {
  const recipe = smallRecipe({ epochs: 4, evaluations: 2 });
  const training = { leaseSeconds: 6, heartbeatSeconds: 0.5, saveEverySeconds: 2 };
  let project: Project;
  let unbroken: string;
  beforeAll(async () => {
    project = await house.project();
    await rankPrompts(house, project, 60);
    const worker = await house.work(training);
    const run = await ended(await retrain(project, recipe), 300);
    unbroken = await weightsOf(run);
    await worker.stop();
  }, 300_000);

  const finishedBy = async (runId: RunId) => {
    const run = await ended(runId, 240);
    expect(run).toMatchObject({ state: "EVALUATED", error: null });
    expect(await weightsOf(run)).toBe(unbroken);
    const steps = (await eventsOf(runId)).flatMap((event) => (event.type === "step" ? [event.step] : []));
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  };

  it("by kill -9 of the worker: the next one picks it up", async () => {
    const doomed = await startWorkerProcess(house, training);
    const runId = await retrain(project, recipe);
    await stepReached(runId, 8);
    await doomed.kill();
    expect((await house.database.runs.get(runId)).state).toBe("RUNNING");
    const next = await house.work(training);
    await finishedBy(runId);
    await next.stop();
  }, 400_000);

  it("by SIGTERM of the worker: the job goes back uncounted, and goes on", async () => {
    const stopped = await startWorkerProcess(house, training);
    const runId = await retrain(project, recipe);
    await stepReached(runId, 8);
    expect(await stopped.stop()).toBe(0);
    expect(await house.database.runs.get(runId)).toMatchObject({ state: "RUNNING", error: null });
    expect(await house.queue.state(trainRewardModel, { runId })).toBe("waiting");
    const next = await house.work(training);
    await finishedBy(runId);
    await next.stop();
  }, 400_000);

  it("by kill -9 of its own process: the same worker goes on", async () => {
    const worker = await house.work(training);
    const runId = await retrain(project, recipe);
    await stepReached(runId, 8);
    process.kill(await trainingPid(), "SIGKILL");
    await finishedBy(runId);
    await worker.stop();
  }, 400_000);

  it("by kill -9 of Postgres", async () => {
    const worker = await house.work(training);
    const runId = await retrain(project, recipe);
    await stepReached(runId, 8);
    house.killPostgres();
    await eventually("the worker that sees it", 20, async () =>
      house.heard.includes("the lease waits for the database"),
    );
    await house.restartPostgres();
    await finishedBy(runId);
    await worker.stop();
  }, 400_000);
});

/** The process id of the training that a worker of this process runs. */
async function trainingPid(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  for (const pid of children.trim().split(" ").map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("train-child")) return pid;
  }
  throw new Error("no training runs");
}
