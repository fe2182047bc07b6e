import { type Database, TrainingInProgress } from "@borda/database";
import { aProject, aUser, withTestDatabase } from "@borda/database/testing";
import { Recipe, type RunEvent, type RunId, TaskId } from "@borda/preferences";
import { createQueue, type Queue } from "@borda/queue";
import { createStorage } from "@borda/storage";
import { isTrackedEnvelope } from "@trpc/server";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunUpdate } from "@/features/training/server/follow-run";
import { trainingRouter } from "@/features/training/server/router";
import { createCaller } from "@/server/trpc";
import { someFacts } from "./some-facts";

const given = withTestDatabase();
const log = pino({ level: "silent" });
let queue: Queue;
beforeAll(() => {
  queue = createQueue({ databaseUrl: given.url });
});
afterAll(() => queue.close());

async function anAdmin(db: Database) {
  const id = await aUser(db, "ADMIN");
  return createCaller(trainingRouter)({
    database: db,
    queue,
    storage: createStorage("/nonexistent"),
    log,
    retraining: { rankingStored: () => {} },
    user: { id, name: "Ada", email: "ada@borda.test", role: "ADMIN" },
  });
}

/** A project in which everything is ranked once, so that both sides of the split have comparisons. */
async function aRankedProject(db: Database) {
  const { project, labelers } = await aProject(db, { prompts: 40, settings: { rankingsWanted: 1 } });
  for (;;) {
    const task = await db.tasks.next({ projectId: project.id, labelerId: labelers[0]! });
    if (!task) return project;
    await db.rankings.submit({
      taskId: TaskId.parse(task.taskId),
      labelerId: labelers[0]!,
      tiers: task.completions.map(({ id }) => [id]),
      unacceptableFrom: null,
      token: crypto.randomUUID(),
      secondsSpent: 3,
    });
  }
}

describe("starting a training", () => {
  it("is refused where nothing is ranked, and says what to do", async () => {
    const { project } = await aProject(given.db);
    const admin = await anAdmin(given.db);
    const launch = admin.launch({ projectId: project.id, recipe: Recipe.parse({}) });
    await expect(launch).rejects.toThrow(/Rank some prompts or import rankings first/);
  });

  it("is refused on a backbone that is not prepared, and pinned to its commit where it is", async () => {
    const project = await aRankedProject(given.db);
    const admin = await anAdmin(given.db);
    const recipe = Recipe.parse({ backbone: "hub:org/name" });
    const launch = () => admin.launch({ projectId: project.id, recipe });
    await expect(launch()).rejects.toThrow(/not been prepared yet.*Training page/);
    const pinned = `hub:org/name@${"a".repeat(40)}`;
    const { id } = await given.db.backbones.ask({ source: recipe.backbone, askedBy: null });
    await given.db.backbones.start(id);
    await given.db.backbones.check(id);
    await given.db.backbones.finish(id, { pinned, facts: someFacts });
    const { runId } = await launch();
    expect((await given.db.runs.get(runId)).recipe.backbone).toBe(pinned);
    expect((await admin.desk({ projectId: project.id })).recipe.backbone).toBe(pinned);
  });

  it("is refused while another runs, and names it", async () => {
    const project = await aRankedProject(given.db);
    const admin = await anAdmin(given.db);
    const { runId } = await admin.launch({ projectId: project.id, recipe: Recipe.parse({}) });
    const second = await admin.launch({ projectId: project.id, recipe: Recipe.parse({}) }).catch((error) => error);
    expect(second.cause).toBeInstanceOf(TrainingInProgress);
    expect(second.cause.runId).toBe(runId);
  });

  it("keeps its recipe as the project's next one, and a queued run can be cancelled and retried", async () => {
    const project = await aRankedProject(given.db);
    const admin = await anAdmin(given.db);
    const recipe = Recipe.parse({ epochs: 7 });
    const { runId } = await admin.launch({ projectId: project.id, recipe });
    expect((await admin.desk({ projectId: project.id })).recipe).toEqual(recipe);
    expect((await admin.cancel({ runId })).state).toBe("CANCELLED");
    const { runId: again } = await admin.retry({ runId });
    const [newest, old] = await admin.runs({ projectId: project.id });
    expect([newest?.id, newest?.recipe.epochs, old?.id]).toEqual([again, 7, runId]);
  });
});

describe("following a run", () => {
  const said = (message: string): RunEvent => ({ type: "log", level: "info", message });

  async function aRun(db: Database): Promise<RunId> {
    const project = await aRankedProject(db);
    const createdBy = await aUser(db, "ADMIN");
    const recipe = Recipe.parse({});
    return (await db.runs.create({ projectId: project.id, recipe, trigger: "manual", createdBy })).id;
  }

  async function follow(runId: RunId, lastEventId: string | null, messages: number) {
    const admin = await anAdmin(given.db);
    const feed = await admin.follow({ runId, lastEventId });
    const heard: string[] = [];
    let last = "";
    for await (const update of feed) {
      if (!isTrackedEnvelope(update)) throw new Error("An update without its id cannot be resumed.");
      const [id, { events }] = update as unknown as [string, RunUpdate];
      last = id;
      for (const { event } of events) if (event.type === "log") heard.push(event.message);
      if (heard.length >= messages) break;
    }
    return { heard, last };
  }

  it("begins with what was, and goes on with what happens", async () => {
    const runId = await aRun(given.db);
    await given.db.runs.appendEvents(runId, [said("one"), said("two")]);
    const followed = follow(runId, null, 3);
    setTimeout(() => void given.db.runs.appendEvents(runId, [said("three")]), 200);
    expect((await followed).heard).toEqual(["one", "two", "three"]);
  });

  it("goes on after the event that a client saw last", async () => {
    const runId = await aRun(given.db);
    await given.db.runs.appendEvents(runId, [said("one"), said("two")]);
    const { last } = await follow(runId, null, 2);
    await given.db.runs.appendEvents(runId, [said("three")]);
    expect((await follow(runId, last, 1)).heard).toEqual(["three"]);
  });

  it("ends when the run has ended", async () => {
    const runId = await aRun(given.db);
    await given.db.runs.appendEvents(runId, [said("one")]);
    await given.db.runs.cancel(runId);
    expect((await follow(runId, null, 99)).heard).toEqual(["one"]);
  });
});
