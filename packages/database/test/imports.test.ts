import type { ImportId, ProjectId } from "@borda/preferences";
import { InvalidRanking } from "@borda/preferences";
import { expect, test } from "vitest";
import { type BatchRow, ImportStopped } from "../src";
import { aProject, aUser, rows, someTexts, withTestDatabase } from "../src/testing";

const house = withTestDatabase();
const progress = { bytesRead: 10, rowsRead: 3 };

async function running(projectId: ProjectId): Promise<ImportId> {
  const file = { projectId, fileName: "f.jsonl", fileKey: crypto.randomUUID(), bytes: 20 };
  const { id } = await house.db.imports.create({ ...file, createdBy: await aUser(house.db) });
  await house.db.imports.queue(id);
  await house.db.imports.start(id);
  return id;
}

const ranked = (labeler: string, tiers: number[][], unacceptableFrom: number | null = null) => ({
  labeler,
  tiers,
  unacceptableFrom,
});

test("the same rows twice add nothing, in one import or in two", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const batch = rows(5, 3).map((row) => ({
    ...row,
    rankings: [ranked("ann", [[0], [1, 2]]), ranked("ben", [[2], [0]], 1)],
  }));
  const first = await running(project.id);
  expect(await house.db.imports.addBatch(first, batch, progress)).toEqual({
    prompts: 5,
    completions: 15,
    rankings: 10,
  });
  const stats = await house.db.projects.stats(project.id);
  expect(stats).toMatchObject({
    prompts: 5,
    completions: 15,
    rankings: { made: 0, imported: 10 },
    comparisons: 15,
    labelers: 1,
  });
  expect(await house.db.imports.addBatch(first, batch, progress)).toEqual({ prompts: 0, completions: 0, rankings: 0 });
  const second = await running(project.id);
  expect(await house.db.imports.addBatch(second, [...batch, ...batch], progress)).toEqual({
    prompts: 0,
    completions: 0,
    rankings: 0,
  });
  expect(await house.db.projects.stats(project.id)).toEqual(stats);
  expect(await house.db.imports.finish(first, "borda")).toMatchObject({
    prompts: 5,
    completions: 15,
    rankings: 10,
    bytesRead: 10,
  });
});

test("a row adds completions to a prompt that is there, and its rankings follow the texts, not the places", async () => {
  const { project } = await aProject(house.db, { prompts: 1, k: 2 });
  const [row] = rows(1, 2) as [BatchRow];
  const [zero, one, two] = someTexts(0, 3) as [
    BatchRow["completions"][0],
    BatchRow["completions"][0],
    BatchRow["completions"][0],
  ];
  const more: BatchRow = { ...row, completions: [two, one, zero], rankings: [ranked("ann", [[0], [2], [1]])] };
  const id = await running(project.id);
  expect(await house.db.imports.addBatch(id, [more], progress)).toEqual({ prompts: 0, completions: 1, rankings: 1 });
  for await (const { group } of house.db.rankings.groups(project.id)) {
    expect(group.completions.map(({ text }) => text)).toEqual([zero.text, one.text, two.text]);
    expect(group.rankings).toEqual([{ labeler: "ann", tiers: [[2], [0], [1]], unacceptableFrom: null }]);
  }
});

test("two imports of overlapping rows at once end as one", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const batch = rows(60, 2).map((row) => ({ ...row, rankings: [ranked("ann", [[0], [1]])] }));
  const imports = [await running(project.id), await running(project.id)] as const;
  const results = await Promise.all([
    house.db.imports.addBatch(imports[0], batch.slice(0, 40), progress),
    house.db.imports.addBatch(imports[1], batch.slice(20).reverse(), progress),
  ]);
  expect(results[0].prompts + results[1].prompts).toBe(60);
  expect(await house.db.projects.stats(project.id)).toMatchObject({
    prompts: 60,
    rankings: { imported: 60 },
    tasksOpen: 60,
  });
});

test("a cancelled import takes no more rows, and what came in stays", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const id = await running(project.id);
  await house.db.imports.addBatch(id, rows(2, 2), progress);
  expect(await house.db.imports.cancel(id)).toMatchObject({ state: "CANCELLED" });
  await expect(house.db.imports.addBatch(id, rows(4, 2), progress)).rejects.toBeInstanceOf(ImportStopped);
  await expect(house.db.imports.finish(id)).rejects.toBeInstanceOf(ImportStopped);
  expect((await house.db.projects.stats(project.id)).prompts).toBe(2);
});

test("a ranking that contradicts itself stores nothing of its batch", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const id = await running(project.id);
  const [good, bad] = rows(2, 2) as [BatchRow, BatchRow];
  const same = { ...bad.completions[0]! };
  const doubled = { ...bad, completions: [same, same], rankings: [ranked("ann", [[0], [1]])] };
  await expect(house.db.imports.addBatch(id, [good, doubled], progress)).rejects.toBeInstanceOf(InvalidRanking);
  expect((await house.db.projects.stats(project.id)).prompts).toBe(0);
});

test("bad rows are listed once, by line", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const id = await running(project.id);
  const issue = (line: number, field: string) => ({ line, field, problem: "is missing", remedy: "Add it." });
  const issues = [issue(7, "prompt"), issue(2, "completions"), issue(2, "tiers")];
  await house.db.imports.addIssues(id, issues);
  await house.db.imports.addIssues(id, issues);
  const listed = [];
  for await (const found of house.db.imports.issues(id)) listed.push(found);
  expect(listed).toEqual([issues[1], issues[2], issues[0]]);
  expect((await house.db.imports.get(id)).badRows).toBe(2);
});

test("bad rows come a page at a time, with their number in all", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const [id, other] = [await running(project.id), await running(project.id)];
  const issue = (line: number) => ({ line, field: "prompt", problem: "is missing", remedy: "Add it." });
  await house.db.imports.addIssues(id, [5, 1, 3, 2, 4].map(issue));
  await house.db.imports.addIssues(other, [issue(9)]);
  const page = (n: number) => house.db.imports.issuePage(id, { page: n, size: 2 });
  expect(await page(0)).toEqual({ issues: [issue(1), issue(2)], total: 5 });
  expect(await page(2)).toEqual({ issues: [issue(5)], total: 5 });
  expect(await page(3)).toEqual({ issues: [], total: 5 });
});

test("a project's imports are listed with what each added", async () => {
  const { project } = await aProject(house.db, { prompts: 2, k: 2 });
  expect(await house.db.imports.list(project.id)).toMatchObject([
    { state: "FINISHED", prompts: 2, completions: 4, rankings: 0 },
  ]);
});
