import { setTimeout as pause } from "node:timers/promises";
import type { ImportId, ProjectId } from "@borda/preferences";
import { describe, expect, test } from "vitest";
import { type BatchRow, DatabaseUnavailable, type RankedGroup } from "../src";
import { connect } from "../src/connection";
import { groupsOf } from "../src/groups";
import { aProject, aUser, rankAll, rows, withTestDatabase } from "../src/testing";
import { nextTask, statement, submissionOf } from "./support";

const house = withTestDatabase();

async function all(groups: AsyncIterable<RankedGroup>): Promise<RankedGroup["group"][]> {
  const found = [];
  for await (const { group } of groups) found.push(group);
  return found;
}
const allOf = (projectId: ProjectId) => all(house.db.rankings.frozenGroups(projectId, { prompts: "all" }));

async function importInto(projectId: ProjectId, batch: readonly BatchRow[]) {
  const file = { projectId, fileName: "f.jsonl", fileKey: crypto.randomUUID(), bytes: 20 };
  const { id } = await house.db.imports.create({ ...file, createdBy: await aUser(house.db, "ADMIN") });
  await house.db.imports.queue(id);
  await house.db.imports.start(id);
  const added = await house.db.imports.addBatch(id as ImportId, batch, { bytesRead: 1, rowsRead: batch.length });
  await house.db.imports.finish(id, "borda");
  return added;
}

/** What the readers of files make of exported groups. */
function batchOf(groups: readonly RankedGroup["group"][], known: readonly BatchRow[]): BatchRow[] {
  const hashOf = new Map(known.flatMap((row) => row.completions.map(({ text, textHash }) => [text, textHash])));
  return groups.map(({ key, prompt, completions, rankings }) => ({
    ...{ prompt, contentHash: key, rankings },
    completions: completions.map(({ text, model }) => ({ text, model, textHash: hashOf.get(text)! })),
  }));
}

describe("the groups of one moment", () => {
  test("are every prompt in its order, or the ranked ones, with completions as they came and all their rankings", async () => {
    const { project, labelers } = await aProject(house.db, { prompts: 1203, k: 2 });
    const task = await nextTask(house.db, project.id, labelers[0]!);
    const [x, y] = task.completions.map(({ id }) => id);
    const ranking = { ...submissionOf(task, labelers[0]!), tiers: [[x!, y!]], unacceptableFrom: 0 };
    await house.db.rankings.submit(ranking);
    const found = await allOf(project.id);
    expect(found.map(({ prompt }) => prompt)).toEqual(rows(1203, 2).map(({ prompt }) => prompt));
    expect(found[7]!.completions.map(({ text }) => text)).toEqual([0, 1].map((c) => `Answer ${c} to question 7.`));
    const ranked = found.filter(({ rankings }) => rankings.length > 0);
    expect(ranked).toMatchObject([{ prompt: task.prompt, rankings: [{ tiers: [[0, 1]], unacceptableFrom: 0 }] }]);
    expect(await all(house.db.rankings.frozenGroups(project.id))).toEqual(ranked);
  });

  test("hold nothing that was ranked, imported or deleted after it", async () => {
    const { project, labelers } = await aProject(house.db, { prompts: 600, k: 2 });
    await rankAll(house.db, project.id, labelers[0]!);
    const before = await allOf(project.id);
    const groups = house.db.rankings.frozenGroups(project.id, { prompts: "all" });
    const first = await groups.next();
    const late = rows(700, 2).map((row) => ({
      ...row,
      rankings: [{ labeler: "late", tiers: [[0]], unacceptableFrom: null }],
    }));
    await importInto(project.id, late);
    expect((await allOf(project.id)).flatMap(({ rankings }) => rankings)).toHaveLength(600 + 700);
    await house.db.projects.archive(project.id);
    await house.db.projects.delete(project.id);
    expect([(first.value as RankedGroup).group, ...(await all(groups))]).toEqual(before);
  });

  test("come a page at a time, of few prompts where their texts are long", async () => {
    const text = (c: number) => `${c} `.repeat(500_000);
    const long = rows(12, 2).map((row) => ({
      ...row,
      completions: row.completions.map((completion, c) => ({ ...completion, text: text(c) })),
    }));
    const { project } = await aProject(house.db, { prompts: 0 });
    await importInto(project.id, long);
    const db = connect(house.url);
    const pages: number[] = [];
    const counted = groupsOf(async (asked) => {
      const page = await db.query<never>(asked);
      pages.push(page.length);
      return page;
    });
    expect(await all(counted(project.id, { prompts: "all" }))).toHaveLength(12);
    expect(pages).toEqual([2, 2, 2, 2, 2, 2, 0]);
    await db.close();
  });

  test("break off with an error when the database does, and a reader who leaves early leaves no connection behind", async () => {
    const { project } = await aProject(house.db, { prompts: 501, k: 2 });
    const open = async () =>
      (
        await statement<{ pid: number }>(
          house.url,
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'borda frozen' AND datname = current_database()",
        )
      ).map(({ pid }) => pid);
    const groups = house.db.rankings.frozenGroups(project.id, { prompts: "all" });
    await groups.next();
    const [pid] = await open();
    await statement(house.url, "SELECT pg_terminate_backend($1)", [pid]);
    await expect(all(groups)).rejects.toBeInstanceOf(DatabaseUnavailable);

    for await (const _ of house.db.rankings.frozenGroups(project.id, { prompts: "all" })) break;
    while ((await open()).length > 0) await pause(10);
    expect(await allOf(project.id)).toHaveLength(501);
  });
});

describe("an export that comes back", () => {
  test("adds nothing where it is from, and elsewhere the same rankings, of two labelers where two have one name", async () => {
    const { project } = await aProject(house.db, { prompts: 3, k: 3, labelers: 0, settings: { rankingsWanted: 2 } });
    for (let i = 0; i < 2; i++) {
      const userId = await aUser(house.db);
      const { id } = await house.db.labelers.add({ projectId: project.id, userId, name: "Ada" });
      await rankAll(house.db, project.id, id);
    }
    const imported = { labeler: "Ada", tiers: [[2], [0, 1]], unacceptableFrom: 1 };
    await importInto(project.id, [{ ...rows(1, 3)[0]!, rankings: [imported] }]);
    const exported = await allOf(project.id);
    const labelers = new Set(exported.flatMap(({ rankings }) => rankings.map(({ labeler }) => labeler)));
    expect([...labelers].sort()).toEqual([
      "Ada",
      expect.stringMatching(/^Ada \([0-9a-f]{12}\)$/),
      expect.stringMatching(/^Ada \([0-9a-f]{12}\)$/),
    ]);

    const batch = batchOf(exported, rows(3, 3));
    const [stats, people] = [await house.db.projects.stats(project.id), await house.db.labelers.list(project.id)];
    expect(await importInto(project.id, batch)).toEqual({ prompts: 0, completions: 0, rankings: 0 });
    expect(await house.db.projects.stats(project.id)).toEqual(stats);
    expect(await house.db.labelers.list(project.id)).toEqual(people);

    const other = (await aProject(house.db, { prompts: 0 })).project;
    expect(await importInto(other.id, batch)).toEqual({ prompts: 3, completions: 9, rankings: 7 });
    const sorted = (groups: typeof exported) =>
      groups.map((group) => ({
        ...group,
        rankings: group.rankings.toSorted((p, q) => (p.labeler < q.labeler ? -1 : 1)),
      }));
    const there = await allOf(other.id);
    expect(sorted(there)).toEqual(sorted(exported));
    expect(await importInto(project.id, batchOf(there, batch))).toEqual({ prompts: 0, completions: 0, rankings: 0 });
  });

  test("with a ranking that somebody changed in the file keeps both, the new one as imported", async () => {
    const { project, labelers } = await aProject(house.db, { prompts: 1, k: 2 });
    await rankAll(house.db, project.id, labelers[0]!);
    const [group] = await allOf(project.id);
    const [ranking] = group!.rankings;
    const changed = { ...group!, rankings: [{ ...ranking!, tiers: ranking!.tiers.toReversed() }] };
    expect((await importInto(project.id, batchOf([changed], rows(1, 2)))).rankings).toBe(1);
    expect((await house.db.projects.stats(project.id)).rankings).toEqual({ made: 1, imported: 1 });
  });
});
