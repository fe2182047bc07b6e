import type { RunningBorda } from "@borda/scripts/testing";
import type { APIRequestContext, Browser, BrowserContext } from "@playwright/test";
import { type Api, apiOf, until } from "./api";
import { longRow } from "./long-row";
import { roadRows } from "./road-data";
import { mixedLines } from "./scene-data";

export type Who = "visitor" | "labeler" | "admin";

/** A Borda in which everything that a page can show has happened, and the cookies of who may see it. */
export interface Scene {
  readonly sessions: Readonly<Record<Who, Awaited<ReturnType<BrowserContext["storageState"]>>>>;
  /** Imported, ranked by two, trained twice, published, a candidate beside it, and trained again just now. */
  readonly projectId: string;
  readonly emptyId: string;
  readonly archivedId: string;
  /** Of one task with nine completions of 2000 characters. */
  readonly longId: string;
  /** Of one task that the labeler has ranked. */
  readonly doneId: string;
  readonly importId: string;
  readonly promptId: string;
  readonly runIds: {
    readonly published: string;
    readonly evaluated: string;
    readonly failed: string;
    /** Still running, and for long. */
    readonly live: string;
  };
  readonly checkpointId: string;
  readonly invitePath: string;
  readonly usedInvitePath: string;
  readonly newPasswordPath: string;
}

const password = "a-long-enough-password";
const guidelines =
  "# How to rank\n\nPrefer what is **true**, then what helps.\n\n1. Read all completions.\n2. Put the best on top; *ties* are fine.\n\n| case | tier |\n|---|---|\n| wrong | below the line |";
/** The quickest training there is. */
const recipe = { maxLength: 64, tokenBudget: 2048, evaluations: 2, epochs: 1, mode: "head" };

/** One that is seen running. */
const endless = { ...recipe, mode: "all", epochs: 900 };

export async function setScene(browser: Browser, { webUrl, admin }: RunningBorda): Promise<Scene> {
  const [adminContext, labeler] = [await browser.newContext(), await browser.newContext()];
  await signInBy(adminContext.request, webUrl, admin);
  const api = apiOf(adminContext.request, webUrl);
  const rows = roadRows();
  const [projectId, emptyId, archivedId, longId, doneId, poorId] = (await Promise.all([
    aProject(api, "Answers to everyday questions"),
    aProject(api, "Empty", { guidelines: "" }),
    aProject(api, "Put away"),
    aProject(api, "Long completions"),
    aProject(api, "One task", { rankingsWanted: 1 }),
    aProject(api, "Too little to learn from"),
  ])) as [string, string, string, string, string, string];
  await api.importFile(projectId, "road.jsonl", linesOf(rows));
  const training = trainTwice(api, projectId);
  const importId = await api.importFile(projectId, "mixed.jsonl", mixedLines(rows.slice(0, 2)));
  await api.importFile(longId, "long.jsonl", linesOf([longRow()]));
  await api.importFile(doneId, "one.jsonl", linesOf(rows.slice(0, 1)));
  await api.importFile(poorId, "poor.jsonl", linesOf(rows.slice(5, 6)));
  await api.mutate("settings.archive", { projectId: archivedId });
  const links = await Promise.all([projectId, longId, doneId].map((id) => anInvite(api, id, 1)));
  await join(labeler, webUrl, links);
  await rankAll(apiOf(labeler.request, webUrl), doneId, 1);
  await rankAll(apiOf(labeler.request, webUrl), projectId, 6);
  await api.mutate("apiKeys.create", { projectId, name: "best of n" });
  const { checkpointId, ...runIds } = await training;
  const failed = await aRun(api, poorId, { ...recipe, heldOutShare: 0.001 }, "FAILED");
  const { rows: prompts } = await api.query<{ rows: { id: string }[] }>("prompts.list", { projectId, filter: "all" });
  const live = await launch(api, projectId, endless);
  const nobody = { cookies: [], origins: [] };
  const sessions = { visitor: nobody, admin: await adminContext.storageState(), labeler: await labeler.storageState() };
  const scene = {
    sessions,
    ...{ projectId, emptyId, archivedId, longId, doneId, importId, checkpointId },
    promptId: prompts[0]!.id,
    runIds: { ...runIds, failed, live },
    invitePath: new URL(await anInvite(api, projectId, 5)).pathname,
    usedInvitePath: new URL(links[0]!).pathname,
    newPasswordPath: await aPasswordLink(api, projectId),
  };
  await Promise.all([adminContext.close(), labeler.close()]);
  return scene;
}

async function aProject(api: Api, name: string, fields: object = {}): Promise<string> {
  const form = { name, guidelines, kMin: 2, kMax: 9, rankingsWanted: 2, ...fields };
  return (await api.mutate<{ projectId: string }>("projects.create", form)).projectId;
}

/** A published checkpoint, and a candidate beside it. */
async function trainTwice(api: Api, projectId: string) {
  const published = await aRun(api, projectId, recipe, "EVALUATED");
  const { checkpoints } = await api.query<{ checkpoints: { id: string }[] }>("checkpoints.shelf", { projectId });
  const checkpointId = checkpoints[0]!.id;
  await api.mutate("checkpoints.publish", { checkpointId });
  const evaluated = await aRun(api, projectId, { ...recipe, seed: 1 }, "EVALUATED");
  return { published, evaluated, checkpointId };
}

async function launch(api: Api, projectId: string, fields: object): Promise<string> {
  const { recipe: defaults } = await api.query<{ recipe: object }>("training.desk", { projectId });
  const run = { projectId, recipe: { ...defaults, ...fields } };
  return (await api.mutate<{ runId: string }>("training.launch", run)).runId;
}

async function aRun(api: Api, projectId: string, fields: object, end: string): Promise<string> {
  const runId = await launch(api, projectId, fields);
  await runEnds(api, projectId, runId, end);
  return runId;
}

async function runEnds(api: Api, projectId: string, runId: string, end: string): Promise<void> {
  await until(async () => {
    const runs = await api.query<{ id: string; state: string; error: string | null }[]>("training.runs", { projectId });
    const { state, error } = runs.find(({ id }) => id === runId)!;
    if (state !== end && !/QUEUED|RUNNING/.test(state)) throw new Error(`The run ended as ${state}: ${error}`);
    return state === end;
  });
}

async function anInvite(api: Api, projectId: string, uses: number): Promise<string> {
  return (await api.mutate<{ link: string }>("labelers.createInvite", { projectId, days: 7, uses })).link;
}

async function aPasswordLink(api: Api, projectId: string): Promise<string> {
  const [member] = await api.query<{ id: string }[]>("labelers.list", { projectId });
  const { link } = await api.mutate<{ link: string }>("labelers.createPasswordLink", { labelerId: member!.id });
  return new URL(link).pathname;
}

/** Makes an account by the first link, and joins by the others. */
async function join({ request }: BrowserContext, webUrl: string, links: readonly string[]): Promise<void> {
  const api = apiOf(request, webUrl);
  const [token, ...others] = links.map((link) => new URL(link).pathname.split("/").at(-1)!);
  const person = { email: "lena@borda.local", password };
  await api.mutate("accounts.acceptInvite", { token, name: "Lena", ...person });
  await signInBy(request, webUrl, person);
  for (const other of others) await api.mutate("accounts.joinByInvite", { token: other });
}

async function signInBy(request: APIRequestContext, webUrl: string, person: { email: string; password: string }) {
  const { email } = person;
  const reply = await request.post(new URL("/api/auth/sign-in/email", webUrl).href, {
    headers: { origin: webUrl },
    data: { email, password: person.password },
  });
  if (!reply.ok()) throw new Error(`${reply.status()} ${await reply.text()}`);
}

interface GivenTask {
  readonly taskId: string;
  readonly completions: readonly { readonly id: string }[];
}

/** Ranks tasks in the order in which their completions are shown. */
async function rankAll(api: Api, projectId: string, tasks: number): Promise<void> {
  for (let done = 0; done < tasks; done++) {
    const { taskId, completions } = await api.mutate<GivenTask>("labeling.nextTask", { projectId });
    const tiers = completions.map(({ id }) => [id]);
    const ranking = { projectId, taskId, tiers, unacceptableFrom: null, token: crypto.randomUUID(), secondsSpent: 12 };
    await api.mutate("labeling.submitRanking", ranking);
  }
}

const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
