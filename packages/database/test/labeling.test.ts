import { InvalidRanking, type LabelerId } from "@borda/preferences";
import { describe, expect, test } from "vitest";
import { AlreadyRanked, LeaseLapsed, NotYours, TokenReused } from "../src";
import { aProject, aUser, rankAll, withTestDatabase } from "../src/testing";
import { foreignCompletion, letLapse, nextTask, statement, submissionOf } from "./support";

const house = withTestDatabase();

async function aScene(scene: Parameters<typeof aProject>[1] = {}) {
  const { project, labelers } = await aProject(house.db, { labelers: 3, ...scene });
  const [ada, bo, cy] = labelers as [LabelerId, LabelerId, LabelerId];
  return { project, projectId: project.id, ada, bo, cy };
}

describe("a task", () => {
  test("is the same one as long as it is in hand", async () => {
    const { projectId, ada } = await aScene();
    expect(await nextTask(house.db, projectId, ada)).toEqual(await nextTask(house.db, projectId, ada));
  });

  test("asked for twice at once is one task", async () => {
    const { projectId, ada } = await aScene();
    const tasks = await Promise.all(Array.from({ length: 6 }, () => nextTask(house.db, projectId, ada)));
    expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(1);
  });

  test("shows texts and ids, and nothing of models or rankings", async () => {
    const { projectId, ada } = await aScene();
    const task = await nextTask(house.db, projectId, ada);
    expect(Object.keys(task).sort()).toEqual(["completions", "leaseExpiresAt", "prompt", "taskId"]);
    for (const completion of task.completions) expect(Object.keys(completion).sort()).toEqual(["id", "text"]);
    expect(JSON.stringify(task)).not.toContain("model");
  });

  test("shows at most kMax completions, in an order that differs between labelers and is stored", async () => {
    const { projectId, ada, bo } = await aScene({ prompts: 12, k: 9, settings: { kMax: 7, rankingsWanted: 2 } });
    const orders: string[][] = [];
    for (const labeler of [ada, bo]) {
      for (let i = 0; i < 12; i++) {
        const task = await nextTask(house.db, projectId, labeler);
        const shown = task.completions.map(({ id }) => id);
        expect(new Set(shown).size).toBe(7);
        orders.push(task.completions.map(({ text }) => text.replace(/ to question.*/, "")));
        const { rankingId } = await house.db.rankings.submit(submissionOf(task, labeler));
        const [stored] = await statement<{ displayOrder: string[] }>(
          house.url,
          `SELECT "displayOrder" FROM "Ranking" WHERE id = $1`,
          [rankingId],
        );
        expect(stored!.displayOrder).toEqual(shown);
      }
    }
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(20);
  });

  test("is never made of a prompt with fewer than kMin completions", async () => {
    const { projectId, ada } = await aScene({ prompts: 4, k: 2, settings: { kMin: 3 } });
    expect(await house.db.tasks.next({ projectId, labelerId: ada })).toBeNull();
    await house.db.projects.update(projectId, { kMin: 2 });
    expect(await rankAll(house.db, projectId, ada)).toBe(4);
  });

  test("goes to the next labeler when its lease lapses", async () => {
    const { projectId, ada, bo } = await aScene();
    const task = await nextTask(house.db, projectId, ada);
    await letLapse(house.url, task.taskId);
    expect((await nextTask(house.db, projectId, bo)).taskId).toBe(task.taskId);
    await expect(house.db.rankings.submit(submissionOf(task, ada))).rejects.toBeInstanceOf(LeaseLapsed);
    await expect(house.db.tasks.renew(task.taskId, ada)).rejects.toBeInstanceOf(LeaseLapsed);
  });

  test("that lapsed while nobody else wanted it is still its labeler's", async () => {
    const { projectId, ada } = await aScene();
    const task = await nextTask(house.db, projectId, ada);
    await letLapse(house.url, task.taskId);
    const again = await nextTask(house.db, projectId, ada);
    expect(again.completions).toEqual(task.completions);
    expect(again.leaseExpiresAt.getTime()).toBeGreaterThan(Date.now());
    await letLapse(house.url, task.taskId);
    expect((await house.db.rankings.submit(submissionOf(task, ada))).repeated).toBe(false);
  });

  test("is kept by renewing its lease", async () => {
    const { projectId, ada } = await aScene({ settings: { leaseSeconds: 60 } });
    const { taskId, leaseExpiresAt } = await nextTask(house.db, projectId, ada);
    const renewed = await house.db.tasks.renew(taskId, ada);
    expect(renewed.leaseExpiresAt.getTime()).toBeGreaterThanOrEqual(leaseExpiresAt.getTime());
  });

  test("that was skipped is offered to others and never again to who skipped it", async () => {
    const { projectId, ada, bo } = await aScene({ prompts: 2 });
    const { taskId } = await nextTask(house.db, projectId, ada);
    const skip = { taskId, labelerId: ada, reason: "unclear" };
    await house.db.tasks.skip(skip);
    await house.db.tasks.skip(skip);
    expect(await house.db.tasks.progress({ projectId, labelerId: ada })).toEqual({ done: 0, skipped: 1, remaining: 1 });
    expect(await rankAll(house.db, projectId, ada)).toBe(1);
    expect(await rankAll(house.db, projectId, bo)).toBe(1);
  });

  test("is offered breadth first: every prompt once before any prompt twice", async () => {
    const { projectId, ada, bo } = await aScene({ prompts: 6, settings: { rankingsWanted: 2 } });
    const prompts = [];
    for (const labeler of [ada, bo, ada, bo, ada, bo]) {
      const task = await nextTask(house.db, projectId, labeler);
      prompts.push(task.prompt);
      await house.db.rankings.submit(submissionOf(task, labeler));
    }
    expect(new Set(prompts).size).toBe(6);
    expect(await rankAll(house.db, projectId, ada)).toBe(3);
    expect(await rankAll(house.db, projectId, bo)).toBe(3);
  });

  test("is given to members of the project only, and not after it was archived", async () => {
    const { projectId, ada, bo } = await aScene();
    const other = await aScene();
    expect(await house.db.tasks.next({ projectId, labelerId: other.ada })).toBeNull();
    const { taskId } = await nextTask(house.db, projectId, ada);
    await house.db.labelers.remove(ada);
    expect(await house.db.tasks.next({ projectId, labelerId: ada })).toBeNull();
    expect((await nextTask(house.db, projectId, bo)).taskId).toBe(taskId);
    await house.db.projects.archive(projectId);
    expect(await house.db.tasks.next({ projectId, labelerId: bo })).toBeNull();
  });
});

describe("a submit", () => {
  test("repeated by a shaky network counts once, also at the same moment", async () => {
    const { projectId, ada } = await aScene();
    const submission = submissionOf(await nextTask(house.db, projectId, ada), ada);
    const results = await Promise.all(Array.from({ length: 5 }, () => house.db.rankings.submit(submission)));
    results.push(await house.db.rankings.submit(submission));
    expect(new Set(results.map(({ rankingId }) => rankingId)).size).toBe(1);
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await house.db.projects.stats(projectId)).rankings.made).toBe(1);
  });

  test("with a foreign or repeated completion is refused and changes nothing", async () => {
    const { projectId, ada, bo } = await aScene();
    const task = await nextTask(house.db, projectId, ada);
    const foreign = (await nextTask(house.db, projectId, bo)).completions[0]!.id;
    const [first] = task.completions.map(({ id }) => id);
    const wrong = [[[foreign]], [[foreignCompletion]], [[first!, first!]], [[first!], [first!]], [[first!], []], []];
    for (const tiers of wrong) {
      const submission = { ...submissionOf(task, ada), tiers };
      await expect(house.db.rankings.submit(submission)).rejects.toBeInstanceOf(InvalidRanking);
    }
    const line = { ...submissionOf(task, ada), unacceptableFrom: 4 };
    await expect(house.db.rankings.submit(line)).rejects.toBeInstanceOf(InvalidRanking);
    expect((await nextTask(house.db, projectId, ada)).taskId).toBe(task.taskId);
    expect((await house.db.projects.stats(projectId)).rankings.made).toBe(0);
  });

  test("may be partial, with ties and a line", async () => {
    const { projectId, ada } = await aScene({ k: 4 });
    const task = await nextTask(house.db, projectId, ada);
    const [a, b, c] = task.completions.map(({ id }) => id);
    await house.db.rankings.submit({ ...submissionOf(task, ada), tiers: [[b!], [a!, c!]], unacceptableFrom: 1 });
    for await (const { group, rankingIds } of house.db.rankings.groups(projectId)) {
      const [ranking] = group.rankings;
      expect(rankingIds).toHaveLength(1);
      expect(ranking!.unacceptableFrom).toBe(1);
      const texts = ranking!.tiers.map((tier) => new Set(tier.map((index) => group.completions[index]!.text)));
      const shown = (id: string) => task.completions.find((completion) => completion.id === id)!.text;
      expect(texts).toEqual([new Set([shown(b!)]), new Set([shown(a!), shown(c!)])]);
    }
  });

  test("of another labeler's task, by a stranger, or under a used token is refused", async () => {
    const { projectId, ada, bo } = await aScene();
    const stranger = (await aScene()).ada;
    const task = await nextTask(house.db, projectId, ada);
    await expect(house.db.rankings.submit(submissionOf(task, bo))).rejects.toBeInstanceOf(LeaseLapsed);
    await expect(house.db.rankings.submit(submissionOf(task, stranger))).rejects.toBeInstanceOf(NotYours);
    const token = crypto.randomUUID();
    await house.db.rankings.submit(submissionOf(task, ada, token));
    await expect(house.db.rankings.submit(submissionOf(task, ada))).rejects.toBeInstanceOf(AlreadyRanked);
    await expect(house.db.rankings.submit(submissionOf(task, bo, token))).rejects.toBeInstanceOf(NotYours);
    const next = await nextTask(house.db, projectId, ada);
    await expect(house.db.rankings.submit(submissionOf(next, ada, token))).rejects.toBeInstanceOf(TokenReused);
  });
});

describe("the wanted overlap", () => {
  const slotsOf = (projectId: string) =>
    statement<{ state: string; surplus: boolean; n: number }>(
      house.url,
      `SELECT state, surplus, count(*)::int AS n FROM "Slot" WHERE "projectId" = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
      [projectId],
    );

  test("raised opens tasks, lowered closes open ones, and done ones stay", async () => {
    const { projectId, ada, bo, cy } = await aScene({ prompts: 4 });
    expect(await rankAll(house.db, projectId, ada)).toBe(4);
    await house.db.projects.update(projectId, { rankingsWanted: 3 });
    expect(await slotsOf(projectId)).toEqual([
      { state: "OPEN", surplus: false, n: 8 },
      { state: "DONE", surplus: false, n: 4 },
    ]);
    await house.db.rankings.submit(submissionOf(await nextTask(house.db, projectId, bo), bo));
    await house.db.projects.update(projectId, { rankingsWanted: 2 });
    expect(await rankAll(house.db, projectId, bo)).toBe(3);
    expect(await rankAll(house.db, projectId, cy)).toBe(0);
    expect((await house.db.projects.stats(projectId)).rankings.made).toBe(8);
  });

  test("lowered under a lease lets its labeler finish, and gives the task to nobody else", async () => {
    const { projectId, ada, bo, cy } = await aScene({ prompts: 1, settings: { rankingsWanted: 2 } });
    const first = await nextTask(house.db, projectId, ada);
    const second = await nextTask(house.db, projectId, bo);
    await house.db.projects.update(projectId, { rankingsWanted: 1 });
    expect(await slotsOf(projectId)).toEqual([
      { state: "LEASED", surplus: false, n: 1 },
      { state: "LEASED", surplus: true, n: 1 },
    ]);
    await letLapse(house.url, second.taskId);
    expect(await house.db.tasks.next({ projectId, labelerId: cy })).toBeNull();
    await house.db.rankings.submit(submissionOf(first, ada));
    await house.db.rankings.submit(submissionOf(second, bo));
    expect(await rankAll(house.db, projectId, cy)).toBe(0);
  });
});

test("an invited user becomes a member once, and a used-up link refuses the next", async () => {
  const { projectId } = await aScene();
  const [admin, dee, eve] = [await aUser(house.db, "ADMIN"), await aUser(house.db), await aUser(house.db)];
  const { token } = await house.db.invites.create({ projectId, createdBy: admin, days: 1, uses: 1 });
  expect(await house.db.invites.find(token)).toMatchObject({ projectName: "Summaries", usesLeft: 1 });
  const accepted = await house.db.invites.accept({ token, userId: dee, name: "Dee" });
  expect(await house.db.invites.accept({ token, userId: dee, name: "Dee" })).toEqual(accepted);
  await expect(house.db.invites.accept({ token, userId: eve, name: "Eve" })).rejects.toMatchObject({ reason: "used" });
  await expect(house.db.invites.find("no such token")).rejects.toMatchObject({ reason: "unknown" });
  expect(await house.db.labelers.forUser(dee)).toMatchObject([{ labelerId: accepted.id, projectId }]);
  expect(await house.db.invites.membership(token, dee)).toEqual(accepted);
  expect(await house.db.invites.membership(token, eve)).toBeNull();
});

test("who was removed comes back by a link made since, and by no older one", async () => {
  const { projectId } = await aScene();
  const [admin, dee] = [await aUser(house.db, "ADMIN"), await aUser(house.db)];
  const link = { projectId, createdBy: admin, days: 1, uses: 3 };
  const [old, other] = [await house.db.invites.create(link), await house.db.invites.create(link)];
  await statement(house.url, `UPDATE "Invite" SET "createdAt" = now() - interval '1 hour' WHERE "projectId" = $1`, [
    projectId,
  ]);
  const accept = (token: string) => house.db.invites.accept({ token, userId: dee, name: "Dee" });
  const accepted = await accept(old.token);
  await house.db.labelers.remove(accepted.id);
  for (const { token } of [old, other])
    await expect(accept(token)).rejects.toMatchObject({
      reason: "outdated",
      message: expect.stringContaining("older than your removal"),
    });
  expect(await house.db.labelers.member(projectId, dee)).toBeNull();
  const { token } = await house.db.invites.create(link);
  expect(await accept(token)).toEqual(accepted);
  expect((await house.db.invites.find(other.token)).usesLeft).toBe(3);
});

test("of newcomers who accept a link's last use at once one joins, and the others have no account", async () => {
  const { projectId } = await aScene();
  const admin = await aUser(house.db, "ADMIN");
  const { token } = await house.db.invites.create({ projectId, createdBy: admin, days: 1, uses: 1 });
  const emails = Array.from({ length: 8 }, (_, index) => `newcomer-${index}@borda.test`);
  const joined = await Promise.allSettled(
    emails.map((email) => house.db.invites.acceptAsNewcomer(token, { name: email, email, passwordHash: "hash" })),
  );
  const refusals = joined.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(refusals.map(({ reason }) => reason)).toEqual(Array(7).fill("used"));
  const accounts = await Promise.all(emails.map((email) => house.db.users.byEmail(email)));
  expect(accounts.filter((account) => account !== null)).toHaveLength(1);
});
