import { type ProjectId, Recipe } from "@borda/preferences";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../src";
import { aProject, aUser, withTestDatabase } from "../src/testing";
import { nextTask, statement, submissionOf } from "./support";

const house = withTestDatabase();

/** Ids of two projects with one ranking made, for the statements below to name as :name. */
let ids: Record<string, string>;

beforeAll(async () => {
  const { db } = house;
  const here = await aProject(db, { prompts: 3, labelers: 2, settings: { rankingsWanted: 2 } });
  const there = await aProject(db, { prompts: 1 });
  const [ada, bo] = here.labelers;
  const task = await nextTask(db, here.project.id, ada!);
  const { rankingId } = await db.rankings.submit(submissionOf(task, ada!));
  const leased = await nextTask(db, here.project.id, bo!);
  const [foreign] = await statement<{ id: string; promptId: string }>(
    house.url,
    `SELECT id, "promptId" FROM "Completion" WHERE "projectId" = $1`,
    [there.project.id],
  );
  const [slots] = await statement<{ open: string; ranked: string; fresh: string }>(
    house.url,
    `SELECT (SELECT id FROM "Slot" WHERE "projectId" = $1 AND state = 'OPEN' LIMIT 1) AS open,
      (SELECT "promptId" FROM "Slot" WHERE id = $2) AS ranked,
      (SELECT "promptId" FROM "Slot" WHERE "projectId" = $1 GROUP BY 1 HAVING bool_and(state = 'OPEN') LIMIT 1) AS fresh`,
    [here.project.id, task.taskId],
  );
  const backbone = await db.backbones.ask({ source: "hub:org/name@main", askedBy: null });
  const run = await db.runs.create({
    projectId: there.project.id,
    recipe: Recipe.parse({}),
    trigger: "manual",
    createdBy: null,
  });
  ids = {
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
    run: run.id,
    backbone: backbone.id,
    checkpoint: await aCheckpoint(db, here.project.id),
  };
});

/** A checkpoint that is compared with nothing. */
async function aCheckpoint(db: Database, projectId: ProjectId): Promise<string> {
  const run = await db.runs.create({ projectId, recipe: Recipe.parse({}), trigger: "manual", createdBy: null });
  const figures = { prompts: 1, comparisons: 1, accuracy: 1, accuracyByPrompt: 1, logLoss: 0, longerWins: 1 };
  const report = { ...figures, interval: [1, 1] as [number, number], rewardMean: 0, rewardDeviation: 1 };
  const folder = { folderKey: "k", sha256: "0".repeat(64), bytes: 1 };
  const whose = { projectId, runId: run.id, baselineId: null, baselineReport: null };
  return (await db.checkpoints.create({ ...whose, ...folder, report })).id;
}

/** What must be impossible, the statement that tries it, and the constraint that refuses. */
const wrongStates: [sentence: string, statement: string, refusedBy: string | RegExp][] = [
  [
    "a member who is no user",
    `INSERT INTO "Labeler" (id, "projectId", kind, name) VALUES ('x', :project, 'MEMBER', 'x')`,
    "Labeler_kind_check",
  ],
  [
    "an imported name that is a user",
    `INSERT INTO "Labeler" (id, "projectId", kind, name, "userId") VALUES ('x', :project, 'IMPORTED', 'x', :user)`,
    "Labeler_kind_check",
  ],
  [
    "one imported name twice",
    `INSERT INTO "Labeler" (id, "projectId", kind, name) VALUES ('x', :project, 'IMPORTED', 'x'), ('y', :project, 'IMPORTED', 'x')`,
    "Labeler_imported_name",
  ],
  [
    "one user twice in a project",
    `INSERT INTO "Labeler" (id, "projectId", kind, name, "userId") VALUES ('x', :project, 'MEMBER', 'x', :user), ('y', :project, 'MEMBER', 'y', :user)`,
    "Labeler_projectId_userId_key",
  ],
  ["an email with capitals", `UPDATE "User" SET email = 'A@b.test' WHERE id = :user`, "User_email_check"],

  ["kMin above kMax", `UPDATE "Project" SET "kMin" = 5, "kMax" = 4 WHERE id = :project`, "Project_k_check"],
  ["kMin 1", `UPDATE "Project" SET "kMin" = 1 WHERE id = :project`, "Project_k_check"],
  ["kMax 10", `UPDATE "Project" SET "kMax" = 10 WHERE id = :project`, "Project_k_check"],
  [
    "no ranking wanted",
    `UPDATE "Project" SET "rankingsWanted" = 0 WHERE id = :project`,
    "Project_rankingsWanted_check",
  ],
  ["a project without a name", `UPDATE "Project" SET name = '  ' WHERE id = :project`, "Project_name_check"],
  ["a recipe that is no object", `UPDATE "Project" SET recipe = '[]' WHERE id = :project`, "Project_json_check"],

  [
    "one prompt twice in a project",
    `INSERT INTO "Prompt" (id, "projectId", content, "contentHash") SELECT 'x', "projectId", content, "contentHash" FROM "Prompt" WHERE id = :fresh`,
    "Prompt_projectId_contentHash_key",
  ],
  [
    "a prompt that is a number",
    `INSERT INTO "Prompt" (id, "projectId", content, "contentHash") VALUES ('x', :project, '1', 'x')`,
    "Prompt_content_check",
  ],
  [
    "an empty completion",
    `INSERT INTO "Completion" (id, "promptId", "projectId", text, "textHash", ordinal) VALUES ('x', :fresh, :project, '', 'x', 99)`,
    "Completion_text_check",
  ],
  [
    "a completion in another project than its prompt",
    `INSERT INTO "Completion" (id, "promptId", "projectId", text, "textHash", ordinal) VALUES ('x', :fresh, :other, 'x', 'x', 99)`,
    "Completion_promptId_projectId_fkey",
  ],

  ["an open slot with a labeler", `UPDATE "Slot" SET "labelerId" = :ada WHERE id = :open`, "Slot_state_check"],
  ["a lease without an end", `UPDATE "Slot" SET "leaseExpiresAt" = NULL WHERE id = :leased`, "Slot_state_check"],
  ["a lease of nobody", `UPDATE "Slot" SET "labelerId" = NULL WHERE id = :leased`, "Slot_state_check"],
  ["a lease that shows nothing", `UPDATE "Slot" SET "displayOrder" = '{}' WHERE id = :leased`, "Slot_state_check"],
  ["a done slot with a lease", `UPDATE "Slot" SET "leaseExpiresAt" = now() WHERE id = :done`, "Slot_state_check"],
  ["a surplus slot that nobody holds", `UPDATE "Slot" SET surplus = true WHERE id = :open`, "Slot_surplus_check"],
  [
    "two tasks in one hand",
    `UPDATE "Slot" SET state = 'LEASED', "labelerId" = :bo, "leasedAt" = now(), "leaseExpiresAt" = now() + interval '1 h', "displayOrder" = '{a,b}' WHERE "promptId" = :fresh AND number = 1`,
    "Slot_one_lease",
  ],
  [
    "one prompt twice for one labeler",
    `UPDATE "Slot" SET state = 'LEASED', "labelerId" = :ada, "leasedAt" = now(), "leaseExpiresAt" = now() + interval '1 h', "displayOrder" = '{a,b}' WHERE "promptId" = :ranked AND id <> :done`,
    "Slot_promptId_labelerId_key",
  ],
  [
    "a slot leased to another project's labeler",
    `UPDATE "Slot" SET "labelerId" = :stranger WHERE id = :leased`,
    "Slot_labelerId_projectId_fkey",
  ],
  [
    "a slot done without a ranking",
    `UPDATE "Slot" SET state = 'DONE', "leaseExpiresAt" = NULL WHERE id = :leased`,
    /is done without a ranking/,
  ],
  [
    "a done slot opened again",
    `UPDATE "Slot" SET state = 'OPEN', "labelerId" = NULL, "leasedAt" = NULL, "displayOrder" = '{}' WHERE id = :done`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],
  [
    "a done slot given to another labeler",
    `UPDATE "Slot" SET "labelerId" = :bo WHERE id = :done`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],

  [
    "a ranking both made here and imported",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "contentHash", "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :ada, :done, 't', 'h', '{a,b}', 0, 0)`,
    "Ranking_origin_check",
  ],
  [
    "a ranking of no origin",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", comparisons, ties) VALUES ('x', :project, :fresh, :ada, 0, 0)`,
    "Ranking_origin_check",
  ],
  [
    "a second ranking of one slot",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :ada, :done, 't', '{a,b}', 0, 0)`,
    "Ranking_slotId_promptId_labelerId_key",
  ],
  [
    "a ranking by another than the slot's labeler",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :bo, :done, 't', '{a,b}', 0, 0)`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],
  [
    "a ranking by another project's labeler",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :fresh, :stranger, 'h', 0, 0)`,
    "Ranking_labelerId_projectId_fkey",
  ],
  [
    "a ranking that ranks nothing",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :fresh, :ada, 'h', 0, 0)`,
    /is not a weak order/,
  ],
  [
    "a line below all tiers",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties, "unacceptableFrom") VALUES ('x', :project, :ranked, :ada, 'h', 0, 0, 2)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 0)`,
    /is not a weak order/,
  ],
  [
    "a gap between tiers",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :ranked, :ada, 'h', 0, 0)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 1)`,
    /is not a weak order/,
  ],
  [
    "a wrong count of comparisons",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :ranked, :ada, 'h', 1, 0)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 0)`,
    /is not a weak order/,
  ],
  [
    "a foreign completion in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :ranked, :foreign, 9)`,
    "RankingEntry_completionId_promptId_fkey",
  ],
  [
    "a foreign prompt in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :foreignPrompt, :foreign, 9)`,
    "RankingEntry_rankingId_promptId_fkey",
  ],
  [
    "a completion twice in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :ranked, :shown, 9)`,
    "RankingEntry_pkey",
  ],
  [
    "a confirmed ranking that changes",
    `UPDATE "Ranking" SET "unacceptableFrom" = 0 WHERE id = :ranking`,
    /cannot be changed/,
  ],
  [
    "a confirmed tier that changes",
    `UPDATE "RankingEntry" SET tier = 0 WHERE "rankingId" = :ranking`,
    /cannot be changed/,
  ],

  [
    "two active runs of a project",
    `INSERT INTO "Run" (id, "projectId", trigger, recipe) VALUES ('x', :other, 'manual', '{}')`,
    "Run_active",
  ],
  [
    "a running run without a worker",
    `UPDATE "Run" SET state = 'RUNNING', "startedAt" = now() WHERE id = :run`,
    "Run_worker_check",
  ],
  [
    "a failed run without a reason",
    `UPDATE "Run" SET state = 'FAILED', "finishedAt" = now() WHERE id = :run`,
    "Run_error_check",
  ],
  ["an ended run without its end", `UPDATE "Run" SET state = 'CANCELLED' WHERE id = :run`, "Run_finishedAt_check"],
  ["half a snapshot", `UPDATE "Run" SET "dataHash" = 'x' WHERE id = :run`, "Run_snapshot_check"],
  [
    "a checkpoint of another project's run",
    `INSERT INTO "Checkpoint" (id, "projectId", "runId", "folderKey", sha256, bytes, report) VALUES ('x', :project, :run, 'x', repeat('0', 64), 1, '{}')`,
    "Checkpoint_runId_projectId_fkey",
  ],
  [
    "another project's checkpoint published",
    `WITH c AS (INSERT INTO "Checkpoint" (id, "projectId", "runId", "folderKey", sha256, bytes, report) VALUES ('x', :other, :run, 'x', repeat('0', 64), 1, '{}')) UPDATE "Project" SET "publishedId" = 'x' WHERE id = :project`,
    "Project_publishedId_id_fkey",
  ],
  [
    "a difference to a model that was not measured",
    `UPDATE "Checkpoint" SET paired = '{}' WHERE id = :checkpoint`,
    "Checkpoint_paired_check",
  ],

  [
    "one backbone twice",
    `INSERT INTO "Backbone" (id, source) SELECT 'x', source FROM "Backbone" WHERE id = :backbone`,
    "Backbone_source_key",
  ],
  [
    "a ready backbone without its facts",
    `UPDATE "Backbone" SET state = 'READY', "finishedAt" = now(), pinned = replace(source, 'main', repeat('0', 40)) WHERE id = :backbone`,
    "Backbone_facts_check",
  ],
  [
    "a backbone of the hub that is pinned to a branch",
    `UPDATE "Backbone" SET state = 'READY', "finishedAt" = now(), facts = '{}', pinned = source WHERE id = :backbone`,
    "Backbone_pinned_check",
  ],
  [
    "a backbone that is pinned to another model",
    `UPDATE "Backbone" SET state = 'READY', "finishedAt" = now(), facts = '{}', pinned = replace(source, 'name@main', 'other@' || repeat('0', 40)) WHERE id = :backbone`,
    "Backbone_pinned_check",
  ],
  [
    "a failed backbone without a remedy",
    `UPDATE "Backbone" SET state = 'FAILED', "finishedAt" = now(), error = 'e', problems = '[]' WHERE id = :backbone`,
    "Backbone_error_check",
  ],
  [
    "an ended backbone without its end",
    `UPDATE "Backbone" SET state = 'CANCELLED' WHERE id = :backbone`,
    "Backbone_finishedAt_check",
  ],
  [
    "more bytes of a backbone than there are",
    `UPDATE "Backbone" SET bytes = 2, "bytesTotal" = 1, "filesTotal" = 1 WHERE id = :backbone`,
    "Backbone_progress_check",
  ],
  [
    "a failed import without a reason",
    `INSERT INTO "Import" (id, "projectId", state, "fileName", "fileKey", bytes, "createdBy", "finishedAt") VALUES ('x', :project, 'FAILED', 'f', 'k', 1, 'u', now())`,
    "Import_error_check",
  ],
];

describe("the database refuses", () => {
  test.each(wrongStates)("%s", async (_, wrong, refusedBy) => {
    const attempt = statement(
      house.url,
      wrong.replace(/(?<!:):([a-zA-Z]+)/g, (_, name: string) => `'${ids[name]!}'`),
    );
    const expected =
      typeof refusedBy === "string" ? { constraint: refusedBy } : { message: expect.stringMatching(refusedBy) };
    await expect(attempt).rejects.toMatchObject(expected);
  });
});

test("a project goes away with everything in it, and a user with rankings does not", async () => {
  const { project, labelers } = await aProject(house.db, { prompts: 2 });
  await house.db.rankings.submit(submissionOf(await nextTask(house.db, project.id, labelers[0]!), labelers[0]!));
  const member = await house.db.prisma.labeler.findUniqueOrThrow({ where: { id: labelers[0]! } });
  await expect(house.db.prisma.user.delete({ where: { id: member.userId! } })).rejects.toMatchObject({ code: "P2003" });
  await house.db.prisma.project.delete({ where: { id: project.id } });
  expect(await house.db.prisma.ranking.count({ where: { projectId: project.id } })).toBe(0);
});
