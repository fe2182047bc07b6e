import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database, Project, Run } from "@borda/database";
import { someReport } from "@borda/database/testing";
import { type CheckpointId, type Recipe, splitOf } from "@borda/preferences";
import { type Delivery, Postponed } from "@borda/queue";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle } from "../src/handlers/train-reward-model";
import type { Services } from "../src/services";
import { carryOut } from "../src/training/carry-out";
import type { TrainingResult } from "../src/training/protocol";
import { createRecorder } from "../src/training/recorder";
import { runFolderOf } from "../src/training/run-folder";
import { readSnapshot } from "../src/training/snapshot";
import { eventually, type House, openHouse, rankPrompts, smallRecipe } from "./house";
import { eventsOf } from "./runs";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(() => house?.close());

const automatic = { publishRule: { mode: "automatic", tolerance: 0.02 } } as const;
const made = { trigger: "manual", createdBy: null } as const;

/** What a worker's handler is given, with what stands in the way of its database. */
function deliveryTo(database: Database): Services & Delivery {
  const home = house.environment.BORDA_HOME;
  const folders = { runsFolder: join(home, "runs"), featuresFolder: join(home, "features"), tensorflowHome: home };
  return {
    database,
    storage: house.storage,
    queue: house.queue,
    training: { ...folders, leaseSeconds: 3, heartbeatSeconds: 0.5, saveEverySeconds: 15 },
    hub: { cache: join(home, "hub") },
    home,
    log: pino({ level: "silent" }),
    jobId: "job",
    deliveryId: randomUUID(),
    attempt: 1,
    lastAttempt: false,
    signal: new AbortController().signal,
  };
}

/** Carries out a run whose training was done by an earlier delivery, so that data, checkpoint and decision are left. */
async function carriedOut(project: Project, fields: Partial<Recipe> = {}, database = house.database): Promise<Run> {
  const { id } = await database.runs.create({ projectId: project.id, recipe: smallRecipe(fields), ...made });
  const delivery = deliveryTo(database);
  const { deliveryId: holder, log, training } = delivery;
  const run = (await database.runs.claim(id, holder, 60))!;
  const folder = runFolderOf(training.runsFolder, id);
  await mkdir(folder.checkpoint, { recursive: true });
  await writeFile(join(folder.checkpoint, "model.safetensors"), id);
  const result: TrainingResult = {
    checkpointId: randomUUID() as CheckpointId,
    sha256: "0".repeat(64),
    report: someReport,
    baselineReport: run.baselineId && someReport,
    paired: null,
  };
  await writeFile(folder.result, JSON.stringify(result));
  const recorder = createRecorder(database, id, { holder, log });
  return carryOut({ ...delivery, run, holder, folder, recorder });
}

describe("a run that holds out more than its baseline did", () => {
  const keysOf = async ({ id }: Run) => {
    const { groups } = runFolderOf(deliveryTo(house.database).training.runsFolder, id);
    const { train, heldOut } = await readSnapshot(groups);
    return { train: train.map(({ key }) => key), heldOut: heldOut.map(({ key }) => key) };
  };

  it("is judged only on prompts that no training behind the baseline has seen", async () => {
    const project = await house.project(automatic);
    await rankPrompts(house, project, 80);
    const first = await keysOf(await carriedOut(project, { heldOutShare: 0.2 }));
    const more = await carriedOut(project, { heldOutShare: 0.5, startFrom: "published" });
    expect(more).toMatchObject({ state: "PUBLISHED", heldOutPrompts: expect.any(Number) });
    const second = await keysOf(more);
    expect(second.heldOut).toEqual(first.heldOut);
    expect(second.train).toEqual(first.train.filter((key) => splitOf(key, 0.5) === "train"));

    // The second's own share does not count: it went on from weights that had seen the others.
    const third = await carriedOut(project, { heldOutShare: 0.5 });
    expect((await keysOf(third)).heldOut).toEqual(first.heldOut);
    // The third began anew.
    const fourth = await carriedOut(project, { heldOutShare: 0.6 });
    const all = [...first.train, ...first.heldOut];
    const sorted = all.filter((key) => splitOf(key, 0.5) === "held-out").sort();
    expect((await keysOf(fourth)).heldOut.sort()).toEqual(sorted);
    expect(fourth.heldOutPrompts).toBeGreaterThan(sorted.length);
  }, 60_000);
});

describe("a person who acts just before the rule does", () => {
  /** A database in which they act as soon as the worker has read the project. */
  const whileA = (act: () => Promise<unknown>): Database => {
    let acted = false;
    const { projects } = house.database;
    const get: typeof projects.get = async (projectId) => {
      const project = await projects.get(projectId);
      if (!acted) await act();
      acted = true;
      return project;
    };
    return { ...house.database, projects: { ...projects, get } };
  };
  const lastWords = async ({ id }: Run) => (await eventsOf(house, id)).at(-1);

  it("by publishing another checkpoint, keeps that one", async () => {
    const project = await house.project(automatic);
    await rankPrompts(house, project, 20);
    await carriedOut(project);
    const second = await carriedOut(project);
    const { checkpoints } = house.database;
    const back = () => checkpoints.rollback({ projectId: project.id, publishedBy: house.admin });
    const third = await carriedOut(project, {}, whileA(back));
    expect(third).toMatchObject({ state: "EVALUATED", baselineId: second.checkpointId });
    expect((await checkpoints.history(project.id)).map(({ reason }) => reason).at(0)).toBe("rolled back");
    expect(await lastWords(third)).toMatchObject({
      message: expect.stringContaining("another checkpoint was published"),
    });
  }, 60_000);

  it("by making the rule manual, decides", async () => {
    const project = await house.project(automatic);
    await rankPrompts(house, project, 20);
    const toManual = () => house.database.projects.update(project.id, { publishRule: { mode: "manual" } });
    const run = await carriedOut(project, {}, whileA(toManual));
    expect(run.state).toBe("EVALUATED");
    expect(await house.database.checkpoints.publishedOf(project.id)).toBeNull();
    expect(await lastWords(run)).toMatchObject({ message: expect.stringContaining("leaves the decision to a person") });
  }, 60_000);
});

it("a delivery whose Postgres dies when it has just taken the run lets the next one have it", async () => {
  const project = await house.project();
  await rankPrompts(house, project, 20);
  const { id: runId } = await house.database.runs.create({ projectId: project.id, recipe: smallRecipe(), ...made });
  const { runs } = house.database;
  const claim: typeof runs.claim = async (...taken) => {
    const run = await runs.claim(...taken);
    house.killPostgres();
    await eventually("the end of Postgres", 10, () =>
      house.database.ping().then(
        () => false,
        () => true,
      ),
    );
    return run;
  };
  const delivery = deliveryTo({ ...house.database, runs: { ...runs, claim } });
  await expect(handle({ runId }, delivery)).rejects.toBeInstanceOf(Postponed);
  await house.restartPostgres();
  const next = await eventually("the end of the lease", 10, () => runs.claim(runId, "next", 60));
  expect(next.id).toBe(runId);
}, 60_000);
