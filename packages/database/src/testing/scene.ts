import { createHash, randomUUID } from "node:crypto";
import type { LabelerId, UserId } from "@borda/preferences";
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
