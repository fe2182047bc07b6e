import { readFile } from "node:fs/promises";
import type { Project } from "@borda/database";
import type { RunId } from "@borda/preferences";
import { trainRewardModel } from "@borda/queue";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, type House, openHouse, rankPrompts, smallRecipe } from "./house";
import { ended, eventsOf, retrain, stepReached, weightsOf } from "./runs";
import { startWorkerProcess } from "./worker-process";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
// A test that fails in the middle must not leave its worker to the next one.
afterEach(() => house?.stopWorkers());
afterAll(() => house?.close());

describe("a training that is broken off ends with the weights of an unbroken one", () => {
  const recipe = smallRecipe({ epochs: 3, evaluations: 2 });
  const training = { leaseSeconds: 6, heartbeatSeconds: 0.5, saveEverySeconds: 2 };
  let project: Project;
  let unbroken: string;
  beforeAll(async () => {
    project = await house.project();
    await rankPrompts(house, project, 60);
    const worker = await house.work(training);
    const run = await ended(house, await retrain(house, project, recipe), 300);
    unbroken = await weightsOf(house, run);
    await worker.stop();
  }, 300_000);

  const underWay = async () => {
    const runId = await retrain(house, project, recipe);
    await stepReached(house, runId, 8);
    return runId;
  };

  const finishedBy = async (runId: RunId) => {
    const run = await ended(house, runId, 240);
    expect(run).toMatchObject({ state: "EVALUATED", error: null });
    expect(await weightsOf(house, run)).toBe(unbroken);
    const steps = (await eventsOf(house, runId)).flatMap((event) => (event.type === "step" ? [event.step] : []));
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  };

  it("by kill -9 of the worker: the next one picks it up", async () => {
    const doomed = await startWorkerProcess(house, training);
    const runId = await underWay();
    await doomed.kill();
    expect((await house.database.runs.get(runId)).state).toBe("RUNNING");
    const next = await house.work(training);
    await finishedBy(runId);
    await next.stop();
  }, 400_000);

  it("by SIGTERM of the worker: the job goes back uncounted, and goes on", async () => {
    const stopped = await startWorkerProcess(house, training);
    const runId = await underWay();
    expect(await stopped.stop()).toBe(0);
    expect(await house.database.runs.get(runId)).toMatchObject({ state: "RUNNING", error: null });
    expect(await house.queue.state(trainRewardModel, { runId })).toBe("waiting");
    const next = await house.work(training);
    await finishedBy(runId);
    await next.stop();
  }, 400_000);

  it("by kill -9 of its own process: the same worker goes on", async () => {
    const worker = await house.work(training);
    const runId = await underWay();
    process.kill(await trainingPid(), "SIGKILL");
    await finishedBy(runId);
    await worker.stop();
  }, 400_000);

  it("by kill -9 of Postgres", async () => {
    const worker = await house.work(training);
    const runId = await underWay();
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
