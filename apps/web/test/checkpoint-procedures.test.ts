import { aCheckpoint, aProject, rankAll, someReport } from "@borda/database/testing";
import { Recipe, type RunEvent } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { checkpointsRouter } from "@/features/checkpoints/server/router";
import { overviewRouter } from "@/features/overview/server/router";
import { createCaller, router } from "@/server/trpc";
import { withHouse } from "./house";

const house = withHouse();
const pages = router({ checkpoints: checkpointsRouter, overview: overviewRouter });
const anAdmin = async () => createCaller(pages)(await house.anAdmin());

/** A project in which two people rank everything, one after the other. */
async function aRankedProject() {
  const { project, labelers } = await aProject(house.db, { prompts: 6, labelers: 2, settings: { rankingsWanted: 2 } });
  await rankAll(house.db, project.id, labelers[0]!);
  return { projectId: project.id, rankMore: () => rankAll(house.db, project.id, labelers[1]!) };
}

describe("the shelf of checkpoints", () => {
  it("keeps of each its recipe, its data with the split, its figures, and what it was compared with", async () => {
    const admin = await anAdmin();
    const { projectId, rankMore } = await aRankedProject();
    const recipe = Recipe.parse({ heldOutShare: 0.5, epochs: 3 });
    const first = await aCheckpoint(house.db, projectId, { recipe });
    await admin.checkpoints.publish({ checkpointId: first });
    await rankMore();
    const second = await aCheckpoint(house.db, projectId, { recipe: { ...recipe, epochs: 5 } });
    const { checkpoints } = await admin.checkpoints.shelf({ projectId });
    const [newest, oldest] = checkpoints;
    expect(checkpoints.map(({ id }) => id)).toEqual([second, first]);
    expect(oldest).toMatchObject({ recipe, comparisons: 18, report: someReport, baselineId: null, published: true });
    expect(newest).toMatchObject({ recipe: { epochs: 5 }, comparisons: 36, published: false, served: false });
    expect(newest).toMatchObject({ baselineId: first, baselineReport: someReport });
    for (const { trainPrompts, heldOutPrompts } of checkpoints) expect(trainPrompts! + heldOutPrompts!).toBe(6);
    expect(new Set(checkpoints.map(({ dataHash }) => dataHash)).size).toBe(2);
  });

  it("is served by hand and rolled back by one call, both written down with who did it", async () => {
    const admin = await anAdmin();
    const { projectId, rankMore } = await aRankedProject();
    const first = await aCheckpoint(house.db, projectId);
    await admin.checkpoints.publish({ checkpointId: first });
    await expect(admin.checkpoints.rollBack({ projectId })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("Publish one from the list"),
    });
    await rankMore();
    const second = await aCheckpoint(house.db, projectId);
    await admin.checkpoints.publish({ checkpointId: second });
    expect((await admin.overview.get({ projectId })).stats.newComparisons).toBe(0);
    expect(await admin.checkpoints.rollBack({ projectId })).toEqual({ checkpointId: first });
    const { checkpoints, history } = await admin.checkpoints.shelf({ projectId });
    expect(checkpoints.map(({ id, published, served }) => [id, published, served])).toEqual([
      [second, false, true],
      [first, true, true],
    ]);
    expect(history.map(({ checkpointId, reason }) => [checkpointId, reason])).toEqual([
      [first, "rolled back"],
      [second, "published by hand"],
      [first, "published by hand"],
    ]);
    expect(history.every(({ publishedBy }) => publishedBy !== null)).toBe(true);
    // The comparisons that only the second one has seen are new again.
    expect((await admin.overview.get({ projectId })).stats).toMatchObject({ comparisons: 36, newComparisons: 18 });
  });
});

describe("the curves of a checkpoint", () => {
  it("are the losses of its steps and its accuracies with their intervals, kept with the run", async () => {
    const admin = await anAdmin();
    const { projectId } = await aRankedProject();
    const step = (number: number): RunEvent => ({
      ...{ type: "step", step: number, loss: 1 / number, learningRate: 1e-4, gradientNorm: 1 },
      ...{ tokens: 10 * number, tokensPerSecond: 100, secondsLeft: 1 },
    });
    const events: RunEvent[] = [step(1), step(2), { type: "evaluation", step: 2, report: someReport }];
    const { runId } = await house.db.checkpoints.get(await aCheckpoint(house.db, projectId, { events }));
    expect(await admin.checkpoints.curves({ runId })).toEqual({
      loss: [
        [1, 1],
        [2, 0.5],
      ],
      accuracy: [{ step: 2, accuracy: someReport.accuracy, interval: someReport.interval }],
    });
  });
});
