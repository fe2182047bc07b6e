import { type ProjectId, Recipe } from "@borda/preferences";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src";
import { aProject, aUser, withTestDatabase } from "../../src/testing";
import { nextTask, statement, submissionOf } from "../support";

/** What must be impossible, the statement that tries it (:name is an id of the scene), and the constraint that refuses. */
export type WrongState = readonly [sentence: string, statement: string, refusedBy: string | RegExp];

/** One test a wrong state, tried by plain SQL on a database with one scene; the database, for tests of the same family. */
export function refuses(family: string, wrongStates: readonly WrongState[]): ReturnType<typeof withTestDatabase> {
  const house = withTestDatabase();
  let scene: Readonly<Record<string, string>>;
  beforeAll(async () => {
    scene = await setScene(house.db, house.url);
  });
  describe(`of ${family}, the database refuses`, () => {
    test.each(wrongStates)("%s", async (_, wrong, refusedBy) => {
      const named = wrong.replace(/(?<!:):([a-zA-Z]+)/g, (_, name: string) => `'${scene[name]!}'`);
      const expected =
        typeof refusedBy === "string" ? { constraint: refusedBy } : { message: expect.stringMatching(refusedBy) };
      await expect(statement(house.url, named)).rejects.toMatchObject(expected);
    });
  });
  return house;
}

/** Two projects with one ranking made: the ids in it, by the names that statements use. */
async function setScene(db: Database, url: string): Promise<Readonly<Record<string, string>>> {
  const here = await aProject(db, { prompts: 3, labelers: 2, settings: { rankingsWanted: 2 } });
  const there = await aProject(db, { prompts: 1 });
  const [ada, bo] = here.labelers;
  const task = await nextTask(db, here.project.id, ada!);
  const { rankingId } = await db.rankings.submit(submissionOf(task, ada!));
  const leased = await nextTask(db, here.project.id, bo!);
  const [foreign] = await statement<{ id: string; promptId: string }>(
    url,
    `SELECT id, "promptId" FROM "Completion" WHERE "projectId" = $1`,
    [there.project.id],
  );
  const [slots] = await statement<{ open: string; ranked: string; fresh: string }>(
    url,
    `SELECT (SELECT id FROM "Slot" WHERE "projectId" = $1 AND state = 'OPEN' LIMIT 1) AS open,
      (SELECT "promptId" FROM "Slot" WHERE id = $2) AS ranked,
      (SELECT "promptId" FROM "Slot" WHERE "projectId" = $1 GROUP BY 1 HAVING bool_and(state = 'OPEN') LIMIT 1) AS fresh`,
    [here.project.id, task.taskId],
  );
  const backbone = await db.backbones.ask({ source: "hub:org/name@main", askedBy: null });
  return {
    project: here.project.id,
    other: there.project.id,
    user: await aUser(db),
    ada: ada!,
    bo: bo!,
    stranger: there.labelers[0]!,
    done: task.taskId,
    leased: leased.taskId,
    open: slots!.open,
    ranked: slots!.ranked,
    fresh: slots!.fresh,
    ranking: rankingId,
    shown: task.completions[0]!.id,
    foreign: foreign!.id,
    foreignPrompt: foreign!.promptId,
    run: (await aRun(db, there.project.id)).id,
    backbone: backbone.id,
    checkpoint: await aCheckpoint(db, here.project.id),
  };
}

function aRun(db: Database, projectId: ProjectId) {
  return db.runs.create({ projectId, recipe: Recipe.parse({}), trigger: "manual", createdBy: null });
}

/** A checkpoint that is compared with nothing. */
async function aCheckpoint(db: Database, projectId: ProjectId): Promise<string> {
  const run = await aRun(db, projectId);
  const figures = { prompts: 1, comparisons: 1, accuracy: 1, accuracyByPrompt: 1, logLoss: 0, longerWins: 1 };
  const report = { ...figures, interval: [1, 1] as [number, number], rewardMean: 0, rewardDeviation: 1 };
  const folder = { folderKey: "k", sha256: "0".repeat(64), bytes: 1 };
  const whose = { projectId, runId: run.id, baselineId: null, baselineReport: null };
  return (await db.checkpoints.create({ ...whose, ...folder, report })).id;
}
