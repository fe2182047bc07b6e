import { aProject } from "@borda/database/testing";
import { considerRetraining } from "@borda/queue";
import { describe, expect, it } from "vitest";
import { settingsRouter } from "@/features/settings/server/router";
import { trainingRouter } from "@/features/training/server/router";
import { createCaller, router } from "@/server/trpc";
import { withHouse } from "./house";

const house = withHouse();
const pages = router({ settings: settingsRouter, training: trainingRouter });
const anAdmin = async () => createCaller(pages)(await house.anAdmin());
const scheduleOf = async (projectId: string) => (await house.queue.schedules(considerRetraining)).get(projectId);

const nightly = { mode: "cron", pattern: "0 3 * * *", timezone: "Europe/Vienna" } as const;
const weekly = { mode: "cron", pattern: "30 4 * * 1", timezone: "UTC" } as const;

describe("the rule of retraining", () => {
  it("by schedule makes a job scheduler, another pattern replaces it, and by hand ends it", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    for (const retrainRule of [nightly, weekly]) {
      const { next } = await admin.settings.updateRetrainRule({ projectId, retrainRule });
      const { pattern, timezone } = retrainRule;
      expect(await scheduleOf(projectId)).toEqual({ pattern, timezone, next });
      expect(await admin.settings.get({ projectId })).toMatchObject({ retrainRule, nextRetraining: next });
    }
    await admin.settings.updateRetrainRule({ projectId, retrainRule: { mode: "manual" } });
    expect(await scheduleOf(projectId)).toBeUndefined();
    expect((await admin.settings.get({ projectId })).nextRetraining).toBeNull();
  });

  it("that never comes is refused, and the one of before goes on", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    await admin.settings.updateRetrainRule({ projectId, retrainRule: nightly });
    for (const pattern of ["0 25 * * *", "once in a while", "0 0 31 2 *"])
      await expect(
        admin.settings.updateRetrainRule({ projectId, retrainRule: { ...nightly, pattern } }),
      ).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(await scheduleOf(projectId)).toMatchObject({ pattern: nightly.pattern });
    expect((await admin.settings.get({ projectId })).retrainRule).toEqual(nightly);
  });

  it("by count looks at once at what is there already", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    await admin.settings.updateRetrainRule({ projectId, retrainRule: { mode: "comparisons", every: 20 } });
    const look = { projectId, because: "new-comparisons" } as const;
    expect(await house.queue.state(considerRetraining, look)).toBe("waiting");
  });

  it("rests while the project is archived, comes back with it, and is gone with it", async () => {
    const admin = await anAdmin();
    const { id: projectId, name } = (await aProject(house.db)).project;
    await admin.settings.updateRetrainRule({ projectId, retrainRule: nightly });
    await admin.settings.archive({ projectId });
    expect(await scheduleOf(projectId)).toBeUndefined();
    await admin.settings.restore({ projectId });
    expect(await scheduleOf(projectId)).toMatchObject({ pattern: nightly.pattern });
    await admin.settings.archive({ projectId });
    await admin.settings.delete({ projectId, name });
    expect(await scheduleOf(projectId)).toBeUndefined();
  });
});

describe("the rule of publishing", () => {
  it("waits for a person, until it is told how much worse a checkpoint may be", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    expect((await admin.training.desk({ projectId })).publishRule).toEqual({ mode: "manual" });
    const publishRule = { mode: "automatic", tolerance: 0.02 } as const;
    await admin.settings.updatePublishRule({ projectId, publishRule });
    expect((await admin.training.desk({ projectId })).publishRule).toEqual(publishRule);
    const never = { ...publishRule, tolerance: -0.1 };
    await expect(admin.settings.updatePublishRule({ projectId, publishRule: never })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});

describe("how a project is ranked", () => {
  it("may be changed: fewer completions than wanted are not offered, and a task is held so many minutes", async () => {
    const admin = await anAdmin();
    const { project, labelers } = await aProject(house.db, { prompts: 2, k: 3 });
    const { id: projectId, name, guidelines } = project;
    const ranking = { projectId, name, guidelines, kMin: 4, kMax: 9, rankingsWanted: 1, leaseMinutes: 1 };
    const task = () => house.db.tasks.next({ projectId, labelerId: labelers[0]! });
    await admin.settings.updateRanking(ranking);
    expect(await task()).toBeNull();
    await admin.settings.updateRanking({ ...ranking, kMin: 2, kMax: 2 });
    const { completions, leaseExpiresAt } = (await task())!;
    expect(completions).toHaveLength(2);
    expect(leaseExpiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
    await expect(admin.settings.updateRanking({ ...ranking, kMin: 5, kMax: 4 })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});
