import type { Project, ProjectSettings } from "@borda/database";
import { considerRetraining } from "@borda/queue";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reconcile } from "../src/reconcile";
import { eventually, type House, openHouse, rankPrompts, smallRecipe } from "./house";

// The runs that begin here find no held-out prompt and end at once: what counts is that they begin.
let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.work();
}, 120_000);
afterAll(() => house?.close());

const projectWith = (settings: Partial<ProjectSettings>) =>
  house.project({ recipe: smallRecipe({ heldOutShare: 1e-9 }), ...settings });
const look = async ({ id: projectId }: Project, because: "new-comparisons" | "schedule") => {
  const input = { projectId, because };
  await house.queue.add(considerRetraining, input);
  await eventually("the look", 20, async () => (await house.queue.state(considerRetraining, input)) === "absent");
};
const runsOf = ({ id }: Project) => house.database.runs.list(id);
const allEnded = (project: Project) =>
  eventually("the end of the runs", 20, async () => (await runsOf(project)).every((run) => run.finishedAt !== null));

it("every N new comparisons a run begins, counted from the last run's data", async () => {
  const project = await projectWith({ retrainRule: { mode: "comparisons", every: 30 } });
  await rankPrompts(house, project, 9);
  await look(project, "new-comparisons");
  expect(await runsOf(project)).toEqual([]);
  await rankPrompts(house, project, 1, 9);
  await look(project, "new-comparisons");
  expect(await runsOf(project)).toHaveLength(1);
  await allEnded(project);
  expect((await runsOf(project))[0]).toMatchObject({ trigger: "comparisons", createdBy: null, comparisons: 30 });
  // What was trained on is no reason to train again, though nothing was published.
  await rankPrompts(house, project, 9, 10);
  await look(project, "new-comparisons");
  expect(await runsOf(project)).toHaveLength(1);
  await rankPrompts(house, project, 1, 19);
  await look(project, "new-comparisons");
  expect(await runsOf(project)).toHaveLength(2);
  await allEnded(project);
}, 60_000);

it("nothing begins by itself under the manual rule", async () => {
  const project = await projectWith({ retrainRule: { mode: "manual" } });
  await rankPrompts(house, project, 20);
  await look(project, "new-comparisons");
  await look(project, "schedule");
  expect(await runsOf(project)).toEqual([]);
});

it("by schedule a run begins when there is something new, and submits do not start one", async () => {
  const rule = { mode: "cron", pattern: "0 3 * * *", timezone: "Europe/Vienna" } as const;
  const project = await projectWith({ retrainRule: rule });
  await look(project, "schedule");
  expect(await runsOf(project)).toEqual([]);
  await rankPrompts(house, project, 2);
  await look(project, "new-comparisons");
  expect(await runsOf(project)).toEqual([]);
  await look(project, "schedule");
  expect(await runsOf(project)).toHaveLength(1);
  await allEnded(project);
  await look(project, "schedule");
  expect(await runsOf(project)).toHaveLength(1);
}, 60_000);

it("while a run is active no other begins", async () => {
  const project = await projectWith({ retrainRule: { mode: "comparisons", every: 3 } });
  await rankPrompts(house, project, 5);
  // Queued by hand, and never given to a worker.
  const active = { projectId: project.id, recipe: project.recipe, trigger: "manual", createdBy: house.admin } as const;
  const { id } = await house.database.runs.create(active);
  await look(project, "new-comparisons");
  expect((await runsOf(project)).map((run) => run.id)).toEqual([id]);
  await house.database.runs.cancel(id);
});

it("what was lost between the database and the queue is made good", async () => {
  const { database, queue } = house;
  const services = { database, queue, log: pino({ level: "silent" }) };
  const rule = { mode: "cron", pattern: "30 4 * * 1", timezone: "UTC" } as const;
  const project = await projectWith({ retrainRule: rule });
  await rankPrompts(house, project, 2);
  const lost = { projectId: project.id, recipe: project.recipe, trigger: "manual", createdBy: house.admin } as const;
  const run = await database.runs.create(lost);
  await reconcile(services);
  expect((await queue.schedules(considerRetraining)).get(project.id)).toMatchObject({ pattern: "30 4 * * 1" });
  await eventually("the end of the run", 20, async () => (await database.runs.get(run.id)).finishedAt !== null);
  await database.projects.update(project.id, { retrainRule: { mode: "manual" } });
  await reconcile(services);
  expect((await queue.schedules(considerRetraining)).has(project.id)).toBe(false);
}, 60_000);
