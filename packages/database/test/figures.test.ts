import type { LabelerId, Prompt } from "@borda/preferences";
import { expect, test } from "vitest";
import { createDatabase } from "../src";
import { aProject, aUser, rankAll, rows, withTestDatabase } from "../src/testing";
import { nextTask, statement, submissionOf } from "./support";

const house = withTestDatabase();

/** Ranks a task by the numbers in its texts ("Answer 2 to ..."), best first. */
async function rankBy(projectId: Parameters<typeof nextTask>[1], labelerId: LabelerId, order: readonly number[]) {
  const task = await nextTask(house.db, projectId, labelerId);
  const withNumber = (n: number) => task.completions.find(({ text }) => text.startsWith(`Answer ${n} `))!.id;
  await house.db.rankings.submit({ ...submissionOf(task, labelerId), tiers: order.map((n) => [withNumber(n)]) });
}

test("a project's figures count what came in, what is done and what is left", async () => {
  const { project, labelers } = await aProject(house.db, {
    prompts: 3,
    k: 3,
    labelers: 2,
    settings: { rankingsWanted: 2 },
  });
  const [ada, bo] = labelers as [LabelerId, LabelerId];
  await rankBy(project.id, ada, [0, 1, 2]);
  await rankBy(project.id, bo, [2, 1]);
  await nextTask(house.db, project.id, bo);
  expect(await house.db.projects.stats(project.id)).toEqual({
    ...{ prompts: 3, completions: 9, rankings: { made: 2, imported: 0 }, comparisons: 4, newComparisons: 4 },
    ...{ labelers: 2, tasksOpen: 4, tasksDone: 2 },
  });
  expect(await house.db.tasks.progress({ projectId: project.id, labelerId: bo })).toEqual({
    done: 1,
    skipped: 0,
    remaining: 2,
  });
});

test("the pace counts the rankings of each day of UTC, in whatever zone the server lives", async () => {
  const { project, labelers } = await aProject(house.db, { prompts: 4 });
  await rankAll(house.db, project.id, labelers[0]!);
  const ages = ["0 s", "1 s", "1 day", "1 day 1 s"];
  const set = (setting: string) => `${house.url}?options=${encodeURIComponent(`-c ${setting}`)}`;
  // A confirmed ranking does not change: its trigger is off in this session.
  await statement(
    set("session_replication_role=replica"),
    `UPDATE "Ranking" r SET "createdAt" = date_trunc('day', now(), 'UTC') - a.age
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "Ranking" WHERE "projectId" = $1) o
     JOIN unnest($2::interval[]) WITH ORDINALITY AS a(age, n) USING (n) WHERE r.id = o.id`,
    [project.id, ages],
  );
  const elsewhere = createDatabase(set("TimeZone=Pacific/Kiritimati"));
  for (const db of [house.db, elsewhere]) {
    const pace = await db.rankings.pace(project.id, 5);
    expect(pace.map(({ rankings }) => rankings)).toEqual([0, 0, 1, 2, 1]);
    expect(pace.at(-1)!.day).toBe(new Date().toISOString().slice(0, 10));
  }
  await elsewhere.close();
});

test("agreement is the share of pairs that two members order alike", async () => {
  const { project, labelers } = await aProject(house.db, {
    prompts: 1,
    k: 3,
    labelers: 3,
    settings: { rankingsWanted: 3 },
  });
  const [ada, bo, cy] = labelers as [LabelerId, LabelerId, LabelerId];
  await rankBy(project.id, ada, [0, 1, 2]);
  await rankBy(project.id, bo, [0, 2, 1]);
  await rankBy(project.id, cy, [1, 0]);
  // Ada and Bo agree on 2 of 3 pairs, Ada and Cy on 0 of 1, Bo and Cy on 0 of 1.
  const list = await house.db.labelers.list(project.id);
  const agreementOf = (id: LabelerId) => list.find((labeler) => labeler.id === id)!.agreement;
  expect(agreementOf(ada)).toEqual({ agreed: 2, pairs: 4 });
  expect(agreementOf(bo)).toEqual({ agreed: 2, pairs: 4 });
  expect(agreementOf(cy)).toEqual({ agreed: 0, pairs: 2 });
  expect(await house.db.labelers.agreement(project.id)).toEqual({ agreed: 2, pairs: 5 });
  expect(list.find(({ id }) => id === ada)).toMatchObject({ rankings: 1, comparisons: 3, medianSeconds: 2 });
});

test("a prompt's story tells who ranked and who skipped it, and the list finds it", async () => {
  const { project, labelers } = await aProject(house.db, { prompts: 5, k: 2, labelers: 2 });
  const [ada, bo] = labelers as [LabelerId, LabelerId];
  await rankBy(project.id, ada, [1, 0]);
  const { taskId } = await nextTask(house.db, project.id, bo);
  await house.db.tasks.skip({ taskId, labelerId: bo, reason: "unclear", note: "What country?" });
  const { prompts } = await house.db.prompts.list({ projectId: project.id, filter: "ranked" });
  expect(prompts).toMatchObject([{ completions: 2, rankings: { made: 1, imported: 0 }, tasksOpen: 0 }]);
  const story = await house.db.prompts.story(prompts[0]!.id);
  expect(story.texts.map(({ model }) => model)).toEqual(["model-0", "model-1"]);
  expect(story.ranked).toMatchObject([
    { labeler: "Labeler 1", imported: false, tiers: [[story.texts[1]!.id], [story.texts[0]!.id]] },
  ]);
  const skipped = await house.db.prompts.list({ projectId: project.id, filter: "skipped" });
  expect((await house.db.prompts.story(skipped.prompts[0]!.id)).skipped).toEqual([
    { labeler: "Labeler 2", reason: "unclear", note: "What country?" },
  ]);
  const found = await house.db.prompts.list({ projectId: project.id, search: "COUNTRY 3" });
  expect(found.prompts.map(({ prompt }) => prompt)).toEqual(["Question 3: what is the capital of country 3?"]);
  const page = await house.db.prompts.list({ projectId: project.id, limit: 3 });
  const rest = await house.db.prompts.list({ projectId: project.id, limit: 3, after: page.next! });
  expect([page.prompts.length, rest.prompts.length, rest.next]).toEqual([3, 2, null]);
});

test("a search looks for words in what a prompt says, character for character, and not in how it is stored", async () => {
  const { project } = await aProject(house.db, { prompts: 0 });
  const prompts: Prompt[] = [
    'Say "hello" to C:\\dir\nas 50% of a_b do.',
    [
      { role: "system", content: "Be brief." },
      { role: "user", content: 'Translate:\n"zzz"' },
    ],
  ];
  const file = { projectId: project.id, fileName: "f.jsonl", fileKey: crypto.randomUUID(), bytes: 1 };
  const { id } = await house.db.imports.create({ ...file, createdBy: await aUser(house.db) });
  await house.db.imports.queue(id);
  await house.db.imports.start(id);
  const batch = rows(2, 2).map((row, index) => ({ ...row, prompt: prompts[index]! }));
  await house.db.imports.addBatch(id, batch, { bytesRead: 1, rowsRead: 2 });
  const found = async (search: string) =>
    (await house.db.prompts.list({ projectId: project.id, search })).prompts.map(({ prompt }) =>
      typeof prompt === "string" ? "text" : "chat",
    );
  for (const search of ['"HELLO"', "C:\\dir", "dir\nas", "50%", "a_b"])
    expect([search, await found(search)]).toEqual([search, ["text"]]);
  for (const search of ['"zzz"', "translate:\n", "be brief"])
    expect([search, await found(search)]).toEqual([search, ["chat"]]);
  for (const search of ["content", "role", "system", "\\n", '\\"', "5%0", "a.b"])
    expect([search, await found(search)]).toEqual([search, []]);
});

test("an API key is shown once, known by its hash, and refused when revoked", async () => {
  const { project } = await aProject(house.db);
  const createdBy = await aUser(house.db, "ADMIN");
  const { key, id, prefix } = await house.db.apiKeys.create({ projectId: project.id, name: "best of n", createdBy });
  expect(key.startsWith(prefix)).toBe(true);
  expect(await house.db.apiKeys.verify(key)).toEqual({ apiKeyId: id, projectId: project.id });
  expect(await house.db.apiKeys.verify(`${key}x`)).toBeNull();
  const at = new Date();
  await house.db.apiKeys.touch(new Map([[id, at]]));
  const [listed] = await house.db.apiKeys.list(project.id);
  expect(listed).toMatchObject({ lastUsedAt: at });
  expect(JSON.stringify(listed)).not.toContain(key);
  await house.db.apiKeys.revoke(id);
  expect(await house.db.apiKeys.verify(key)).toBeNull();
});

test("the last admin stays admin", async () => {
  const admins = (await house.db.users.list()).filter(({ role }) => role === "ADMIN");
  for (const { id } of admins.slice(1)) await house.db.users.setRole(id, "LABELER");
  await expect(house.db.users.setRole(admins[0]!.id, "LABELER")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  expect((await house.db.users.get(admins[0]!.id)).role).toBe("ADMIN");
});
