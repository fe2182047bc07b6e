import { type CheckpointId, type ProjectId, Recipe, type RunEvent } from "@borda/preferences";
import { describe, expect, test } from "vitest";
import { NotAllowed, RunLost, TrainingInProgress } from "../src";
import { aCheckpoint, aProject, aUser, rankAll, someReport, withTestDatabase } from "../src/testing";
import { statement } from "./support";

const house = withTestDatabase();
const recipe = Recipe.parse({ heldOutShare: 0.5 });
const step = (n: number): RunEvent => ({
  ...{ type: "step", step: n, loss: 1 / n, learningRate: 1e-4, gradientNorm: 1 },
  ...{ tokens: 10 * n, tokensPerSecond: 100, secondsLeft: 1 },
});

const queued = (projectId: ProjectId) =>
  house.db.runs.create({ projectId, recipe, trigger: "manual", createdBy: null });

/** A run that ended well, and its checkpoint. */
async function anEvaluatedRun(projectId: ProjectId) {
  const checkpointId = await aCheckpoint(house.db, projectId, { recipe });
  const { runId } = await house.db.checkpoints.get(checkpointId);
  expect(await house.db.runs.get(runId)).toMatchObject({ state: "EVALUATED", checkpointId });
  return { runId, checkpointId };
}

describe("a run", () => {
  test("is one per project at a time, also when two ask at the same moment", async () => {
    const { project } = await aProject(house.db);
    const asked = await Promise.allSettled([queued(project.id), queued(project.id), queued(project.id)]);
    const made = asked.filter((result) => result.status === "fulfilled");
    expect(made).toHaveLength(1);
    const { id } = made[0]!.value;
    for (const result of asked)
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "TRAINING_IN_PROGRESS", runId: id });
    await expect(queued(project.id)).rejects.toBeInstanceOf(TrainingInProgress);
    expect(await house.db.runs.cancel(id)).toMatchObject({ state: "CANCELLED" });
    await queued(project.id);
  });

  test("whose worker is lost is taken over by the next, and the first one learns of it", async () => {
    const { project } = await aProject(house.db);
    const { id } = await queued(project.id);
    expect(await house.db.runs.claim(id, "first", 60)).toMatchObject({ state: "RUNNING" });
    expect(await house.db.runs.claim(id, "second", 60)).toBeNull();
    expect((await house.db.runs.orphaned()).map((run) => run.id)).not.toContain(id);
    await statement(house.url, `UPDATE "Run" SET "leaseExpiresAt" = now() - interval '1 s' WHERE id = $1`, [id]);
    expect((await house.db.runs.orphaned()).map((run) => run.id)).toContain(id);
    const { startedAt } = await house.db.runs.get(id);
    expect(await house.db.runs.claim(id, "second", 60)).toMatchObject({ state: "RUNNING", startedAt });
    await expect(house.db.runs.heartbeat(id, "first", 60)).rejects.toBeInstanceOf(RunLost);
    await expect(house.db.runs.appendEvents(id, [step(1)], "first")).rejects.toBeInstanceOf(RunLost);
    await expect(house.db.runs.fail(id, "first", { error: "e", remedy: "r" })).rejects.toBeInstanceOf(RunLost);
    expect(await house.db.runs.heartbeat(id, "second", 60)).toEqual({ cancelRequested: false });
    await house.db.runs.cancel(id);
    expect(await house.db.runs.heartbeat(id, "second", 60)).toEqual({ cancelRequested: true });
    expect(await house.db.runs.cancelled(id, "second")).toMatchObject({ state: "CANCELLED" });
    expect(await house.db.runs.claim(id, "third", 60)).toBeNull();
  });

  test("tells its events in order, from where a reader left off, and announces them", async () => {
    const { project } = await aProject(house.db);
    const { id } = await queued(project.id);
    await house.db.runs.claim(id, "worker", 60);
    const heard: string[] = [];
    const subscription = await house.db.listen("borda_run", (payload) => heard.push(payload));
    const events = Array.from({ length: 40 }, (_, n) => step(n + 1));
    await house.db.runs.appendEvents(id, events.slice(0, 25), "worker");
    await house.db.runs.appendEvents(id, events.slice(25), "worker");
    const first = await house.db.runs.events(id, 0, 10);
    const rest = await house.db.runs.events(id, first.at(-1)!.id);
    expect([...first, ...rest].map(({ event }) => event)).toEqual(events);
    expect((await house.db.runs.get(id)).step).toBe(40);
    await expect.poll(() => heard).toEqual([id, id]);
    await subscription.close();
  });

  test("trains on one snapshot, split by prompt, that later rankings do not change", async () => {
    const { project, labelers } = await aProject(house.db, {
      prompts: 20,
      k: 3,
      labelers: 2,
      settings: { rankingsWanted: 2 },
    });
    await rankAll(house.db, project.id, labelers[0]!);
    const preview = await house.db.runs.preview(project.id, recipe.heldOutShare);
    const run = await queued(project.id);
    const snapshot = await house.db.runs.snapshot(run.id);
    expect(snapshot).toMatchObject(preview);
    expect(snapshot.trainPrompts + snapshot.heldOutPrompts).toBe(20);
    expect(snapshot).toMatchObject({ rankings: 20, comparisons: 60 });
    await rankAll(house.db, project.id, labelers[1]!);
    expect(await house.db.runs.snapshot(run.id)).toEqual(snapshot);
    const sides = { train: 0, heldOut: 0 };
    for await (const { group, rankingIds, heldOut } of house.db.rankings.groups(project.id, { runId: run.id })) {
      expect(group.rankings).toHaveLength(1);
      expect(rankingIds).toHaveLength(1);
      sides[heldOut ? "heldOut" : "train"] += 1;
    }
    expect(sides).toEqual({ train: snapshot.trainPrompts, heldOut: snapshot.heldOutPrompts });
  });
});

describe("a checkpoint", () => {
  test("is published, followed and rolled back, with the whole history", async () => {
    const { project, labelers } = await aProject(house.db, {
      prompts: 4,
      labelers: 2,
      settings: { rankingsWanted: 2 },
    });
    const admin = await aUser(house.db, "ADMIN");
    await rankAll(house.db, project.id, labelers[0]!);
    expect(await house.db.checkpoints.publishedOf(project.id)).toBeNull();
    await expect(house.db.checkpoints.rollback({ projectId: project.id, publishedBy: admin })).rejects.toBeInstanceOf(
      NotAllowed,
    );

    const heard: unknown[] = [];
    const subscription = await house.db.listen("borda_published", (payload) => heard.push(JSON.parse(payload)));
    const first = await anEvaluatedRun(project.id);
    await house.db.checkpoints.publish({ checkpointId: first.checkpointId, reason: "the first", publishedBy: admin });
    await house.db.checkpoints.publish({ checkpointId: first.checkpointId, reason: "again", publishedBy: admin });
    expect((await house.db.runs.get(first.runId)).state).toBe("PUBLISHED");
    expect((await house.db.projects.stats(project.id)).newComparisons).toBe(0);
    await rankAll(house.db, project.id, labelers[1]!);
    expect((await house.db.projects.stats(project.id)).newComparisons).toBe(12);

    const second = await anEvaluatedRun(project.id);
    expect((await house.db.checkpoints.get(second.checkpointId)).baselineId).toBe(first.checkpointId);
    await house.db.checkpoints.publish({ checkpointId: second.checkpointId, reason: "not worse", publishedBy: null });
    expect((await house.db.projects.stats(project.id)).newComparisons).toBe(0);
    expect(await house.db.checkpoints.rollback({ projectId: project.id, publishedBy: admin })).toBe(first.checkpointId);
    await expect(house.db.checkpoints.rollback({ projectId: project.id, publishedBy: admin })).rejects.toBeInstanceOf(
      NotAllowed,
    );

    expect((await house.db.checkpoints.publishedOf(project.id))!.id).toBe(first.checkpointId);
    const history = await house.db.checkpoints.history(project.id);
    expect(history.map(({ checkpointId, reason }) => [checkpointId, reason])).toEqual([
      [first.checkpointId, "rolled back"],
      [second.checkpointId, "not worse"],
      [first.checkpointId, "the first"],
    ]);
    const said = [first, second, first].map(({ checkpointId }) => ({ projectId: project.id, checkpointId }));
    await expect.poll(() => heard).toEqual(said);
    await subscription.close();
  });

  test("that a rule decided on is published only while nobody changed the rule or what is served", async () => {
    const rule = { mode: "automatic", tolerance: 0.01 } as const;
    const { project } = await aProject(house.db, { settings: { publishRule: rule } });
    const [first, second] = [await anEvaluatedRun(project.id), await anEvaluatedRun(project.id)];
    const { projects, checkpoints } = house.db;
    const decided = (publishedId: CheckpointId | null, tolerance = 0.01) =>
      checkpoints.publishDecided({
        checkpointId: second.checkpointId,
        reason: "not worse",
        rule: { mode: "automatic", tolerance },
        publishedId,
      });
    await checkpoints.publish({ checkpointId: first.checkpointId, reason: "by hand", publishedBy: null });
    expect(await decided(null)).toBe(false);
    expect(await decided(first.checkpointId, 0.02)).toBe(false);
    await projects.update(project.id, { publishRule: { mode: "manual" } });
    expect(await decided(first.checkpointId)).toBe(false);
    expect((await projects.get(project.id)).publishedId).toBe(first.checkpointId);
    await projects.update(project.id, { publishRule: rule });
    expect(await decided(first.checkpointId)).toBe(true);
    expect((await projects.get(project.id)).publishedId).toBe(second.checkpointId);
  });

  test("created twice for a run, by a worker that took over, is one", async () => {
    const { project } = await aProject(house.db);
    const run = await queued(project.id);
    const input = {
      projectId: project.id,
      runId: run.id,
      folderKey: "k",
      sha256: "1".repeat(64),
      bytes: 1,
      report: someReport,
    };
    const once = await house.db.checkpoints.create({ ...input, baselineId: null, baselineReport: null });
    const twice = await house.db.checkpoints.create({
      ...input,
      folderKey: "other",
      baselineId: null,
      baselineReport: null,
    });
    expect(twice).toEqual(once);
  });
});
