import { createHash, randomUUID } from "node:crypto";
import {
  type CheckpointId,
  type EvaluationReport,
  type LabelerId,
  type ProjectId,
  Recipe,
  type RunEvent,
  type UserId,
} from "@borda/preferences";
import type { Database } from "../database";
import type { Role } from "../generated/client";
import type { BatchRow } from "../import-batch";
import type { Project, ProjectSettings } from "../projects";

export interface Scene {
  readonly project: Project;
  readonly labelers: readonly LabelerId[];
}

export async function aUser(db: Database, role: Role = "LABELER"): Promise<UserId> {
  const email = `${randomUUID()}@borda.test`;
  const { id } = await db.prisma.user.create({ data: { name: email.slice(0, 8), email, role } });
  return id as UserId;
}

/** A project with members and `prompts` prompts of `k` completions each. */
export async function aProject(
  db: Database,
  scene: { prompts?: number; k?: number; labelers?: number; settings?: Partial<ProjectSettings> } = {},
): Promise<Scene> {
  const project = await db.projects.create({ name: "Summaries", ...scene.settings });
  const admin = await aUser(db, "ADMIN");
  const labelers: LabelerId[] = [];
  for (let i = 0; i < (scene.labelers ?? 1); i++) {
    const userId = await aUser(db);
    labelers.push((await db.labelers.add({ projectId: project.id, userId, name: `Labeler ${i + 1}` })).id);
  }
  const { id } = await db.imports.create({
    projectId: project.id,
    fileName: "prompts.jsonl",
    fileKey: `uploads/${randomUUID()}`,
    bytes: 1,
    createdBy: admin,
  });
  await db.imports.queue(id);
  await db.imports.start(id);
  const all = rows(scene.prompts ?? 3, scene.k ?? 3);
  for (let at = 0; at < all.length; at += 2000)
    await db.imports.addBatch(id, all.slice(at, at + 2000), { bytesRead: 1, rowsRead: at + 2000 });
  await db.imports.finish(id, "borda");
  return { project, labelers };
}

/** The labeler ranks all that is left, each task in the order shown, and returns how many that were. */
export async function rankAll(db: Database, projectId: ProjectId, labelerId: LabelerId): Promise<number> {
  for (let done = 0; ; done++) {
    const task = await db.tasks.next({ projectId, labelerId });
    if (!task) return done;
    const tiers = task.completions.map(({ id }) => [id]);
    const ranking = { taskId: task.taskId, labelerId, tiers, unacceptableFrom: null };
    await db.rankings.submit({ ...ranking, token: randomUUID(), secondsSpent: 2 });
  }
}

export const someReport: EvaluationReport = {
  ...{ prompts: 3, comparisons: 9, accuracy: 0.7, accuracyByPrompt: 0.7, interval: [0.6, 0.8] },
  ...{ logLoss: 0.6, longerWins: 0.5, rewardMean: 0, rewardDeviation: 1 },
};

/** A run on what is ranked now, from its first event to its checkpoint, as a worker leaves it: evaluated, not published. */
export async function aCheckpoint(
  db: Database,
  projectId: ProjectId,
  { recipe = Recipe.parse({ heldOutShare: 0.5 }), events = [] }: { recipe?: Recipe; events?: readonly RunEvent[] } = {},
): Promise<CheckpointId> {
  const run = await db.runs.create({ projectId, recipe, trigger: "manual", createdBy: null });
  await db.runs.claim(run.id, "worker", 60);
  await db.runs.snapshot(run.id);
  await db.runs.appendEvents(run.id, events, "worker");
  const folder = { folderKey: `checkpoints/${run.id}`, sha256: "0".repeat(64), bytes: 5 };
  const baseline = { baselineId: run.baselineId, baselineReport: run.baselineId ? someReport : null };
  const { id } = await db.checkpoints.create({ projectId, runId: run.id, ...folder, ...baseline, report: someReport });
  await db.runs.finish(run.id, "worker");
  return id;
}

/** Rows as a reader of files gives them; the same numbers give the same rows. */
export function rows(prompts: number, k: number): BatchRow[] {
  return Array.from({ length: prompts }, (_, p) => {
    const prompt = `Question ${p}: what is the capital of country ${p}?`;
    return { prompt, contentHash: hashOf(prompt), completions: someTexts(p, k), rankings: [] };
  });
}

export function someTexts(prompt: number, k: number): BatchRow["completions"] {
  return Array.from({ length: k }, (_, c) => {
    const text = `Answer ${c} to question ${prompt}.`;
    return { text, textHash: hashOf(text), model: `model-${c}` };
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
