import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { LabelerId, ProjectId } from "@borda/preferences";
import { createDatabase, type Database } from "../src";
import { aProject } from "../src/testing/scene";
import { startTestServer } from "../src/testing/server";

/** Times the labeling loop, imports and the admin's figures on a fresh embedded PostgreSQL; in-process, without HTTP. */
const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "20000" },
    k: { type: "string", default: "5" },
    clients: { type: "string", default: "8" },
    pairs: { type: "string", default: "8000" },
    wanted: { type: "string", default: "3" },
  },
});
const [prompts, k, clients, pairs, wanted] = [
  values.prompts,
  values.k,
  values.clients,
  values.pairs,
  values.wanted,
].map(Number) as [number, number, number, number, number];

const server = await startTestServer();
const db = createDatabase(server.templateUrl);
try {
  const settings = { rankingsWanted: wanted };
  const [scene, importMs] = await timed(() => aProject(db, { prompts, k, labelers: clients, settings }));
  const { id: projectId } = scene.project;
  say(`import of ${prompts} prompts x ${k} completions`, `${importMs.toFixed(0)} ms`);

  const next: number[] = [];
  const submit: number[] = [];
  let left = pairs;
  const [, loopMs] = await timed(() =>
    Promise.all(
      scene.labelers.map(async (labelerId) => {
        while (left-- > 0) if (!(await rankOne(db, projectId, labelerId, next, submit))) break;
      }),
    ),
  );
  say(`${clients} clients, ${submit.length} pairs`, `${((submit.length / loopMs) * 1000).toFixed(0)} pairs/s`);
  say("next", figures(next));
  say("submit", figures(submit));

  const alone: number[] = [];
  for (let i = 0; i < 200; i++) await rankOne(db, projectId, scene.labelers[0]!, alone, []);
  say("next of a labeler alone, after that", figures(alone));

  const again = async (name: string, work: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 10; i++) times.push((await timed(work))[1]);
    say(name, figures(times));
  };
  await again("progress", () => db.tasks.progress({ projectId, labelerId: scene.labelers[0]! }));
  await again("stats", () => db.projects.stats(projectId));
  await again("labelers", () => db.labelers.list(projectId));
  await again("groups, all", async () => {
    for await (const _ of db.rankings.groups(projectId));
  });
  await again("overlap 3 to 4 and back", async () => {
    await db.projects.update(projectId, { rankingsWanted: wanted + 1 });
    await db.projects.update(projectId, { rankingsWanted: wanted });
  });
} finally {
  await db.close();
  await server.stop();
}

async function rankOne(db: Database, projectId: ProjectId, labelerId: LabelerId, next: number[], submit: number[]) {
  const [task, nextMs] = await timed(() => db.tasks.next({ projectId, labelerId }));
  next.push(nextMs);
  if (!task) return false;
  const tiers = task.completions.map(({ id }) => [id]);
  const token = randomUUID();
  const submission = { taskId: task.taskId, labelerId, tiers, unacceptableFrom: null, token, secondsSpent: 1 };
  submit.push((await timed(() => db.rankings.submit(submission)))[1]);
  return true;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, ms: number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

function figures(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`;
}

function say(what: string, figure: string): void {
  console.log(`${what.padEnd(48)} ${figure}`);
}
