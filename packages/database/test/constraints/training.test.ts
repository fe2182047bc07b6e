import { refuses } from "./refuses";

refuses("runs, checkpoints and backbones", [
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
]);
