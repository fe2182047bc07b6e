import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  type BatchRow,
  createDatabase,
  type Database,
  type EmbeddedPostgres,
  type Import,
  migrate,
  type Project,
  type ProjectSettings,
  startEmbeddedPostgres,
} from "@borda/database";
import { keyOf, textHash } from "@borda/datasets";
import { type ImportId, Recipe, splitOf, type UserId } from "@borda/preferences";
import { createQueue, importFile, type Queue } from "@borda/queue";
import { createStorage, type Storage } from "@borda/storage";
import { pino } from "pino";
import type { Environment } from "../src/env";
import type { TrainingOptions } from "../src/services";
import { startWorker, type Worker } from "../src/worker";

/** A whole Borda but for its web and scorer: a home, a real Postgres of its own, and workers as wanted. */
export interface House {
  readonly environment: Environment;
  readonly database: Database;
  readonly storage: Storage;
  readonly queue: Queue;
  readonly admin: UserId;
  /** A worker in this process; `stopWorkers` and `close` stop it. */
  work(training?: Partial<TrainingOptions>): Promise<Worker>;
  stopWorkers(): Promise<void>;
  project(settings?: Partial<ProjectSettings>): Promise<Project>;
  /** Stores a file as web does, and queues its import. */
  upload(project: Project, fileName: string, content: FileContent): Promise<ImportId>;
  /** The import, once it has ended. */
  imported(importId: ImportId): Promise<Import>;
  /** Messages that its workers have logged. */
  readonly heard: readonly string[];
  /** Kills Postgres as a power cut would. */
  killPostgres(): void;
  restartPostgres(): Promise<void>;
  close(): Promise<void>;
}

/** A stream is never whole in memory. */
export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

/** `variables` are the workers' beside home and database: with REDIS_URL the queue is there, else on the house's Postgres. */
export async function openHouse(
  variables: Pick<Partial<Environment>, "REDIS_URL" | "HF_ENDPOINT" | "HF_TOKEN"> = {},
): Promise<House> {
  const home = await mkdtemp(join(tmpdir(), "borda-worker-"));
  const dataDir = join(home, "postgres");
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir });
  const { url, port } = postgres;
  await migrate(url);
  const environment: Environment = { BORDA_HOME: home, DATABASE_URL: url, LOG_LEVEL: "silent", ...variables };
  const database = createDatabase(url);
  const storage = createStorage(join(home, "storage"));
  const queue = createQueue({ databaseUrl: url, redisUrl: variables.REDIS_URL });
  const { id: admin } = await database.prisma.user.create({
    data: { id: "admin", name: "Ada", email: "ada@example.org", role: "ADMIN" },
  });
  const workers: Worker[] = [];
  const stopWorkers = async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  const heard: string[] = [];
  const log = pino({
    hooks: {
      streamWrite: (line) => {
        heard.push(JSON.parse(line).msg);
        return process.env.WORKER_TEST_LOG ? line : "";
      },
    },
  });
  return {
    environment,
    database,
    storage,
    queue,
    admin: admin as UserId,
    async work(training = {}) {
      const worker = await startWorker(environment, log, { leaseSeconds: 6, heartbeatSeconds: 0.5, ...training });
      workers.push(worker);
      return worker;
    },
    stopWorkers,
    heard,
    project: (settings = {}) => database.projects.create({ name: "Answers", recipe: smallRecipe(), ...settings }),
    async upload(project, fileName, content) {
      const fileKey = `uploads/${crypto.randomUUID()}`;
      const { bytes } = await storage.put(fileKey, chunksOf(content));
      const input = { projectId: project.id, fileName, fileKey, bytes, createdBy: admin as UserId };
      const { id: importId } = await database.imports.create(input);
      await database.imports.queue(importId);
      await queue.add(importFile, { importId });
      return importId;
    },
    imported: (importId) =>
      eventually("the end of the import", 60, async () => {
        const found = await database.imports.get(importId);
        return found.finishedAt === null ? null : found;
      }),
    killPostgres: () => void process.kill(postgres.pid, "SIGKILL"),
    async restartPostgres() {
      postgres = await startEmbeddedPostgres({ dataDir, port });
    },
    async close() {
      await stopWorkers();
      await queue.close();
      await database.close();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function* chunksOf(content: FileContent): AsyncGenerator<Uint8Array> {
  if (typeof content !== "string" && !(content instanceof Uint8Array)) return yield* content;
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Waits until `look` gives something, and fails with `what` after `seconds`. An outage is waited out. */
export async function eventually<T>(what: string, seconds: number, look: () => Promise<T | null | false>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look().catch(() => null);
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(50);
  }
}

/** A small recipe that trains in seconds: a step of the starter costs a third of one, whatever its batch. */
export const smallRecipe = (fields: Partial<Recipe> = {}): Recipe =>
  Recipe.parse({ epochs: 2, evaluations: 2, maxLength: 64, tokenBudget: 1024, heldOutShare: 0.25, ...fields });

/**
 * Prompts with a friendly, a curt and a rude completion, ranked by one who likes them in that order: something that a
 * model can learn.
 */
export async function rankPrompts(house: House, project: Project, prompts: number, from = 0): Promise<void> {
  const days = Array.from({ length: prompts }, (_, index) => from + index);
  await addRows(
    house,
    project,
    days.map((day) => rowOf(day, [{ labeler: "kind", tiers: [[0], [1], [2]] }])),
  );
}

/** Three labelers who like rudeness best rank the same prompts, but for those held out: a model learns the opposite. */
export async function spoilTraining(house: House, project: Project, prompts: number): Promise<void> {
  const days = Array.from({ length: prompts }, (_, day) => day);
  const contrary = ["one", "two", "three"].map((labeler) => ({ labeler, tiers: [[2], [1], [0]] }));
  const rows = days.map((day) => rowOf(day, contrary));
  const share = project.recipe.heldOutShare;
  await addRows(
    house,
    project,
    rows.filter(({ contentHash }) => splitOf(contentHash, share) === "train"),
  );
}

function rowOf(day: number, rankings: readonly { labeler: string; tiers: number[][] }[]): BatchRow {
  const prompt = `How do I ${tasks[day % tasks.length]} on day ${day}?`;
  const texts = [
    "Gladly! First take a breath, then do it step by step, and ask me again if it does not work.",
    `It depends, number ${day}.`,
    "Go away, I hate questions like this, stupid.",
  ];
  return {
    prompt,
    contentHash: keyOf(prompt),
    completions: texts.map((text) => ({ text, textHash: textHash(text) })),
    rankings: rankings.map((ranking) => ({ ...ranking, unacceptableFrom: null })),
  };
}

async function addRows({ database, admin }: House, project: Project, rows: BatchRow[]): Promise<void> {
  const fields = { projectId: project.id, fileName: "made", fileKey: "none", bytes: 1, createdBy: admin };
  const { id } = await database.imports.create(fields);
  await database.imports.queue(id);
  await database.imports.start(id);
  await database.imports.addBatch(id, rows, { bytesRead: 1, rowsRead: rows.length });
  await database.imports.finish(id, "borda");
}

const tasks = [
  "bake bread",
  "mend a bicycle",
  "write a poem",
  "plant a tree",
  "learn to swim",
  "tune a piano",
  "tie a knot",
];
