import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Recipe } from "@borda/preferences";
import type { RunningBorda } from "@borda/scripts/testing";
import { type Api, apiOf, persist, until } from "./api";
import { expect, signIn, test } from "./fixtures";
import { roadRows } from "./road-data";

/** kill -9 of each part of a whole Borda, while it is at work. */
test.describe.configure({ mode: "serial" });

const scene: { api?: Api; projectId?: string; key?: string; weights?: string } = {};

test.beforeEach(async ({ page, borda }) => {
  test.setTimeout(600_000);
  await signIn(page, borda.webUrl, borda.admin);
  scene.api = apiOf(page.request, borda.webUrl);
  scene.projectId ??= await aProject(scene.api);
});

test("the web server killed in a submit: every confirmed ranking is there once", async ({ borda }) => {
  for (const delayMs of [0, 3, 10, 25]) await rankThrough(borda, "web", delayMs);
});

test("Postgres killed in a submit: every confirmed ranking is there once", async ({ borda }) => {
  for (const delayMs of [0, 5, 15]) await rankThrough(borda, "postgres", delayMs);
});

test("the worker killed in training: the run ends with the weights of an unbroken one", async ({ borda }) => {
  const { api, projectId } = here();
  const unbroken = await launch(api, projectId);
  const weights = await weightsOf(borda, await finished(api, projectId, unbroken));

  const broken = await launch(api, projectId);
  await until(async () => (await runOf(api, projectId, broken)).step > 0, 20);
  kill(borda, "worker");
  const checkpointId = await finished(api, projectId, broken);
  expect(await weightsOf(borda, checkpointId)).toBe(weights);
  await api.mutate("checkpoints.publish", { checkpointId });
  const { key } = await api.mutate<{ key: string }>("apiKeys.create", { projectId, name: "faults" });
  scene.key = key;
});

test("the scorer killed in a request: no answer is wrong, and the next ones are the same", async ({ borda }) => {
  const before = await persist(() => scores(borda, 1));
  const cut = scores(borda, 200).then(
    (answer) => answer.slice(0, before.length),
    () => before,
  );
  kill(borda, "scorer");
  expect(await cut).toEqual(before);
  expect(await persist(() => scores(borda, 1))).toEqual(before);
});

/** Ranks one task while `part` is killed; what was sent twice counts once. */
async function rankThrough(borda: RunningBorda, part: "web" | "postgres", delayMs: number): Promise<void> {
  const { api, projectId } = here();
  const input = { projectId };
  const before = await persist(() => api.query<{ done: number }>("labeling.progress", input));
  const task = await persist(() =>
    api.mutate<{ taskId: string; completions: { id: string }[] }>("labeling.nextTask", input),
  );
  const submission = {
    ...{ projectId, taskId: task.taskId, unacceptableFrom: null, secondsSpent: 1, token: randomUUID() },
    tiers: task.completions.map(({ id }) => [id]),
  };
  const submit = () => api.mutate<{ rankingId: string }>("labeling.submitRanking", submission);
  const first = submit().catch(() => null);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  kill(borda, part);
  const confirmed = await first;
  const again = await persist(submit);
  if (confirmed) expect(again.rankingId).toBe(confirmed.rankingId);
  const after = await persist(() => api.query<{ done: number }>("labeling.progress", input));
  expect(after.done).toBe(before.done + 1);
}

async function aProject(api: Api): Promise<string> {
  const form = { name: "Faults", guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 1 };
  const { projectId } = await api.mutate<{ projectId: string }>("projects.create", form);
  await api.mutate("labelers.join", { projectId });
  await api.importFile(
    projectId,
    "faults.jsonl",
    roadRows()
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  );
  return projectId;
}

async function launch(api: Api, projectId: string): Promise<string> {
  const recipe = Recipe.parse({ epochs: 2, tokenBudget: 512, evaluations: 2 });
  const { runId } = await api.mutate<{ runId: string }>("training.launch", { projectId, recipe });
  return runId;
}

interface RunRow {
  id: string;
  state: string;
  step: number;
  error: string | null;
  checkpointId: string | null;
}

async function runOf(api: Api, projectId: string, runId: string): Promise<RunRow> {
  const runs = await persist(() => api.query<RunRow[]>("training.runs", { projectId }));
  const found = runs.find(({ id }) => id === runId);
  if (!found) throw new Error(`Run ${runId} is not in the list.`);
  return found;
}

/** Waits for the end of a run; the id of its checkpoint. */
async function finished(api: Api, projectId: string, runId: string): Promise<string> {
  await until(async () => !["QUEUED", "RUNNING"].includes((await runOf(api, projectId, runId)).state));
  const run = await runOf(api, projectId, runId);
  expect(run.error).toBeNull();
  expect(run.checkpointId).not.toBeNull();
  return run.checkpointId!;
}

async function weightsOf({ home }: RunningBorda, checkpointId: string): Promise<string> {
  const file = join(home, "storage", "checkpoints", checkpointId, "model.safetensors");
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** Rewards of `copies` times the same three completions. */
async function scores({ scorerUrl }: RunningBorda, copies: number): Promise<number[]> {
  const items = Array.from({ length: copies }, () => ["Follow the steps.", "Look it up.", "Whatever."]).flat();
  const reply = await fetch(`${scorerUrl}/v1/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${scene.key}`, "content-type": "application/json" },
    body: JSON.stringify({ items: items.map((completion) => ({ prompt: "How do I store a violin?", completion })) }),
  });
  const body = (await reply.json()) as { scores: number[]; error?: { code: string } };
  if (!reply.ok) throw new Error(`${reply.status} ${body.error?.code}`);
  return body.scores;
}

function kill(borda: RunningBorda, part: string): void {
  const pid = borda.processes()[part];
  if (pid === undefined) throw new Error(`No process ${part} is written down.`);
  process.kill(pid, "SIGKILL");
}

function here(): { api: Api; projectId: string } {
  const { api, projectId } = scene;
  if (!api || !projectId) throw new Error("The scene is set before each test.");
  return { api, projectId };
}
