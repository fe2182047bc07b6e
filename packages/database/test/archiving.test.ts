import { type ProjectId, Recipe } from "@borda/preferences";
import { expect, test } from "vitest";
import { NotAllowed, NotFound } from "../src";
import { aCheckpoint, aProject, aUser, rankAll, withTestDatabase } from "../src/testing";
import { nextTask, statement } from "./support";

const house = withTestDatabase();
test("an archived project leaves the lists for those put away, the latest first, until it is restored", async () => {
  const admin = { id: await aUser(house.db, "ADMIN"), role: "ADMIN" } as const;
  const { project: first } = await aProject(house.db);
  const { project: second } = await aProject(house.db);
  const listed = async () => (await house.db.projects.list(admin)).map(({ id }) => id);
  const archived = async () => (await house.db.projects.archived()).map(({ id }) => id);
  await house.db.projects.archive(first.id);
  await statement(house.url, `UPDATE "Project" SET "archivedAt" = now() - interval '1 h' WHERE id = $1`, [first.id]);
  await house.db.projects.archive(second.id);
  expect([await listed(), await archived()]).toEqual([[], [second.id, first.id]]);
  expect(await house.db.projects.restore(first.id)).toEqual(first);
  expect([await listed(), await archived()]).toEqual([[first.id], [second.id]]);
});

test("what is not there is neither archived nor restored nor deleted", async () => {
  const id = crypto.randomUUID() as ProjectId;
  await expect(house.db.projects.archive(id)).rejects.toBeInstanceOf(NotFound);
  await expect(house.db.projects.restore(id)).rejects.toBeInstanceOf(NotFound);
  await expect(house.db.projects.delete(id)).rejects.toBeInstanceOf(NotFound);
});

test("only an archived project is deleted, and not while it trains", async () => {
  const { project } = await aProject(house.db);
  await expect(house.db.projects.delete(project.id)).rejects.toThrow(/Archive the project first/);
  const recipe = Recipe.parse({});
  const run = await house.db.runs.create({ projectId: project.id, recipe, trigger: "manual", createdBy: null });
  await house.db.projects.archive(project.id);
  await expect(house.db.projects.delete(project.id)).rejects.toBeInstanceOf(NotAllowed);
  expect((await house.db.projects.stats(project.id)).prompts).toBe(3);
  await house.db.runs.cancel(run.id);
  await house.db.projects.delete(project.id);
  await expect(house.db.projects.get(project.id)).rejects.toBeInstanceOf(NotFound);
});

test("a deleted project takes everything with it, names its files, and leaves its neighbour alone", async () => {
  const { project, labelers } = await aProject(house.db, { prompts: 4, labelers: 2, settings: { rankingsWanted: 2 } });
  const { project: neighbour } = await aProject(house.db);
  await rankAll(house.db, project.id, labelers[0]!);
  const task = await nextTask(house.db, project.id, labelers[1]!);
  await house.db.tasks.skip({ taskId: task.taskId, labelerId: labelers[1]!, reason: "unclear" });
  await nextTask(house.db, project.id, labelers[1]!);
  const createdBy = await aUser(house.db, "ADMIN");
  await house.db.apiKeys.create({ projectId: project.id, name: "best of n", createdBy });
  for (let trainings = 0; trainings < 2; trainings++) {
    const checkpointId = await aCheckpoint(house.db, project.id);
    await house.db.checkpoints.publish({ checkpointId, reason: "better", publishedBy: null });
  }
  const folders = (await house.db.checkpoints.list(project.id)).map(({ folderKey }) => folderKey);
  const [upload] = await house.db.imports.list(project.id);
  const stats = await house.db.projects.stats(neighbour.id);

  await house.db.projects.archive(project.id);
  const keys = await house.db.projects.delete(project.id);
  expect(keys.toSorted()).toEqual([...folders, upload!.fileKey].toSorted());
  const tables = await statement<{ name: string }>(
    house.url,
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'projectId'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables)
    expect(await statement(house.url, `SELECT FROM "${name}" WHERE "projectId" = $1`, [project.id]), name).toEqual([]);
  expect(await house.db.projects.stats(neighbour.id)).toEqual(stats);
});
