import { TrainingInProgress } from "@borda/database";
import { aProject, aUser, rankAll } from "@borda/database/testing";
import { Recipe, type RunEvent, type RunId } from "@borda/preferences";
import { isTrackedEnvelope } from "@trpc/server";
import { describe, expect, it } from "vitest";
import type { RunUpdate } from "@/features/training/server/follow-run";
import { trainingRouter } from "@/features/training/server/router";
import { createCaller } from "@/server/trpc";
import { withHouse } from "./house";
import { someFacts } from "./some-facts";

const house = withHouse();
const anAdmin = async () => createCaller(trainingRouter)(await house.anAdmin());

/** A project in which everything is ranked once, so that both sides of the split have comparisons. */
async function aRankedProject() {
  const { project, labelers } = await aProject(house.db, { prompts: 40, settings: { rankingsWanted: 1 } });
  await rankAll(house.db, project.id, labelers[0]!);
  return project;
}

describe("starting a training", () => {
  it("is refused where nothing is ranked, and says what to do", async () => {
    const { project } = await aProject(house.db);
    const admin = await anAdmin();
    const launch = admin.launch({ projectId: project.id, recipe: Recipe.parse({}) });
    await expect(launch).rejects.toThrow(/Rank some prompts or import rankings first/);
  });

  it("is refused on a backbone that is not prepared, and pinned to its commit where it is", async () => {
    const project = await aRankedProject();
    const admin = await anAdmin();
    const recipe = Recipe.parse({ backbone: "hub:org/name" });
    const launch = () => admin.launch({ projectId: project.id, recipe });
    await expect(launch()).rejects.toThrow(/not been prepared yet.*Training page/);
    const pinned = `hub:org/name@${"a".repeat(40)}`;
    const { id } = await house.db.backbones.ask({ source: recipe.backbone, askedBy: null });
    await house.db.backbones.start(id);
    await house.db.backbones.check(id);
    await house.db.backbones.finish(id, { pinned, facts: someFacts });
    const { runId } = await launch();
    expect((await house.db.runs.get(runId)).recipe.backbone).toBe(pinned);
    expect((await admin.desk({ projectId: project.id })).recipe.backbone).toBe(pinned);
  });

  it("is refused while another runs, and names it", async () => {
    const project = await aRankedProject();
    const admin = await anAdmin();
    const { runId } = await admin.launch({ projectId: project.id, recipe: Recipe.parse({}) });
    const second = await admin.launch({ projectId: project.id, recipe: Recipe.parse({}) }).catch((error) => error);
    expect(second.cause).toBeInstanceOf(TrainingInProgress);
    expect(second.cause.runId).toBe(runId);
  });

  it("keeps its recipe as the project's next one, and a queued run can be cancelled and retried", async () => {
    const project = await aRankedProject();
    const admin = await anAdmin();
    const recipe = Recipe.parse({ epochs: 7 });
    const { runId } = await admin.launch({ projectId: project.id, recipe });
    expect((await admin.desk({ projectId: project.id })).recipe).toEqual(recipe);
    expect((await admin.cancel({ runId })).state).toBe("CANCELLED");
    const { runId: again } = await admin.retry({ runId });
    const [newest, old] = await admin.runs({ projectId: project.id });
    expect([newest?.id, newest?.recipe.epochs, old?.id]).toEqual([again, 7, runId]);
  });
});

describe("the plan of a training", () => {
  it("says beforehand what the run will then train on, and what is held out", async () => {
    const { id: projectId } = await aRankedProject();
    const admin = await anAdmin();
    const small = await admin.plan({ projectId, heldOutShare: 0.1 });
    const plan = await admin.plan({ projectId, heldOutShare: 0.4 });
    expect(plan.trainPrompts + plan.heldOutPrompts).toBe(40);
    expect(plan.heldOutPrompts).toBeGreaterThan(small.heldOutPrompts);
    expect(plan).toMatchObject({ rankings: 40, comparisons: 120, newComparisons: 120, ties: 0 });
    const { runId } = await admin.launch({ projectId, recipe: Recipe.parse({ heldOutShare: 0.4 }) });
    const { newComparisons: _, ...said } = plan;
    expect(await house.db.runs.snapshot(runId)).toMatchObject(said);
    expect((await admin.runs({ projectId }))[0]).toMatchObject({ id: runId, heldOutPrompts: plan.heldOutPrompts });
  });
});

describe("following a run", () => {
  const said = (message: string): RunEvent => ({ type: "log", level: "info", message });

  async function aRun(): Promise<RunId> {
    const project = await aRankedProject();
    const createdBy = await aUser(house.db, "ADMIN");
    const recipe = Recipe.parse({});
    return (await house.db.runs.create({ projectId: project.id, recipe, trigger: "manual", createdBy })).id;
  }

  async function follow(runId: RunId, lastEventId: string | null, messages: number) {
    const admin = await anAdmin();
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
    const runId = await aRun();
    await house.db.runs.appendEvents(runId, [said("one"), said("two")]);
    const followed = follow(runId, null, 3);
    setTimeout(() => void house.db.runs.appendEvents(runId, [said("three")]), 200);
    expect((await followed).heard).toEqual(["one", "two", "three"]);
  });

  it("goes on after the event that a client saw last", async () => {
    const runId = await aRun();
    await house.db.runs.appendEvents(runId, [said("one"), said("two")]);
    const { last } = await follow(runId, null, 2);
    await house.db.runs.appendEvents(runId, [said("three")]);
    expect((await follow(runId, last, 1)).heard).toEqual(["three"]);
  });

  it("ends when the run has ended", async () => {
    const runId = await aRun();
    await house.db.runs.appendEvents(runId, [said("one")]);
    await house.db.runs.cancel(runId);
    expect((await follow(runId, null, 99)).heard).toEqual(["one"]);
  });
});
