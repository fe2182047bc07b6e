import { randomUUID } from "node:crypto";
import { aProject, aUser, withTestDatabase } from "@borda/database/testing";
import { CompletionId, type ProjectId, TaskId, type UserId } from "@borda/preferences";
import { createQueue } from "@borda/queue";
import { createStorage } from "@borda/storage";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { labelingRouter } from "@/features/labeling/server/router";
import type { Context } from "@/server/context";
import { createCaller } from "@/server/trpc";

const house = withTestDatabase();
const callerOf = createCaller(labelingRouter);

/** Calls as a user, or as nobody; `stored` lists the projects whose new rankings were told of. */
function as(userId: UserId | null, stored: ProjectId[] = []) {
  const context: Context = {
    user: userId && { id: userId, name: "Lina", email: "lina@borda.test", role: "LABELER" },
    database: house.db,
    queue: createQueue({ databaseUrl: house.url }),
    storage: createStorage("/nonexistent"),
    log: pino({ level: "silent" }),
    retraining: { rankingStored: (projectId) => stored.push(projectId) },
  };
  return callerOf(context);
}

async function aMember() {
  const { project, labelers } = await aProject(house.db, { prompts: 2, k: 4 });
  const labeler = await house.db.prisma.labeler.findUniqueOrThrow({ where: { id: labelers[0]! } });
  return { projectId: project.id, userId: labeler.userId as UserId };
}

describe("what a labeler's browser is given", () => {
  test("a task is a prompt and completions with nothing but id and text", async () => {
    const { projectId, userId } = await aMember();
    const task = await as(userId).nextTask({ projectId });
    expect(Object.keys(task!).toSorted()).toEqual(["completions", "leaseSeconds", "prompt", "taskId"]);
    expect(task!.completions).toHaveLength(4);
    for (const completion of task!.completions) expect(Object.keys(completion).toSorted()).toEqual(["id", "text"]);
    expect(JSON.stringify(task)).not.toContain("model-");
  });

  test("the same task comes back until it is done, with the same order", async () => {
    const { projectId, userId } = await aMember();
    const [first, second] = [await as(userId).nextTask({ projectId }), await as(userId).nextTask({ projectId })];
    expect(second!.taskId).toBe(first!.taskId);
    expect(second!.completions).toEqual(first!.completions);
  });

  test("nothing of a project reaches one who is not its member", async () => {
    const { projectId } = await aMember();
    const stranger = as(await aUser(house.db));
    await expect(stranger.nextTask({ projectId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(stranger.project({ projectId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await stranger.myProjects()).toEqual([]);
  });

  test("nothing at all reaches one who is not signed in", async () => {
    const { projectId } = await aMember();
    await expect(as(null).nextTask({ projectId })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});

describe("a submit", () => {
  test("counts once however often it is sent, and tells of a new ranking", async () => {
    const { projectId, userId } = await aMember();
    const stored: ProjectId[] = [];
    const labeler = as(userId, stored);
    const task = (await labeler.nextTask({ projectId }))!;
    const tiers = [[task.completions[1]!.id], [task.completions[0]!.id, task.completions[3]!.id]];
    const submission = {
      projectId,
      taskId: task.taskId,
      tiers,
      unacceptableFrom: 1,
      token: randomUUID(),
      secondsSpent: 12.5,
    };
    const first = await labeler.submitRanking(submission);
    const again = await labeler.submitRanking(submission);
    expect(first.repeated).toBe(false);
    expect(again).toEqual({ rankingId: first.rankingId, repeated: true });
    expect(await labeler.progress({ projectId })).toEqual({ done: 1, skipped: 0, remaining: 1 });
    expect(stored[0]).toBe(projectId);
  });

  test("of tiers that are no weak order of the task is refused, and stores nothing", async () => {
    const { projectId, userId } = await aMember();
    const labeler = as(userId);
    const task = (await labeler.nextTask({ projectId }))!;
    const [a] = task.completions;
    const rest = { projectId, taskId: task.taskId, unacceptableFrom: null, secondsSpent: 1 };
    for (const tiers of [[], [[]], [[a!.id], [a!.id]], [[CompletionId.parse("foreign")]]])
      await expect(labeler.submitRanking({ ...rest, tiers, token: randomUUID() })).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    expect((await labeler.progress({ projectId })).done).toBe(0);
  });

  test("of another labeler's task is refused", async () => {
    const { projectId, userId } = await aMember();
    const { userId: other, projectId: elsewhere } = await aMember();
    const task = (await as(other).nextTask({ projectId: elsewhere }))!;
    const tiers = [[task.completions[0]!.id], [task.completions[1]!.id]];
    const submission = {
      projectId,
      taskId: task.taskId,
      tiers,
      unacceptableFrom: null,
      token: randomUUID(),
      secondsSpent: null,
    };
    await expect(as(userId).submitRanking(submission)).rejects.toMatchObject({
      code: "FORBIDDEN",
      cause: { code: "NOT_YOURS" },
    });
  });
});

test("a skipped task goes back, is not offered to its labeler again, and counts as skipped", async () => {
  const { projectId, userId } = await aMember();
  const labeler = as(userId);
  const task = (await labeler.nextTask({ projectId }))!;
  await labeler.skipTask({ projectId, taskId: task.taskId, reason: "cannot-judge" });
  expect((await labeler.nextTask({ projectId }))!.prompt).not.toEqual(task.prompt);
  expect(await labeler.progress({ projectId })).toEqual({ done: 0, skipped: 1, remaining: 1 });
});

test("a lease is renewed while it is held; one that is not held says LEASE_LAPSED", async () => {
  const { projectId, userId } = await aMember();
  const labeler = as(userId);
  const task = (await labeler.nextTask({ projectId }))!;
  expect((await labeler.renewLease({ projectId, taskId: task.taskId })).leaseSeconds).toBeGreaterThan(60);
  await expect(labeler.renewLease({ projectId, taskId: TaskId.parse("gone") })).rejects.toMatchObject({
    code: "CONFLICT",
    cause: { code: "LEASE_LAPSED" },
  });
});
