import { expect, type Page } from "@playwright/test";
import type { Scene, Who } from "./scene";

/** A page in one of its states. */
export interface Sight {
  readonly name: string;
  readonly as: Who;
  readonly path: (scene: Scene) => string;
  /** What is done on it before it is looked at. */
  readonly act?: (page: Page) => Promise<void>;
  /** What is done on it afterwards. */
  readonly leave?: (page: Page) => Promise<void>;
}

const inProject = (path: string) => (scene: Scene) => `/projects/${scene.projectId}${path}`;
const inEmpty = (path: string) => (scene: Scene) => `/projects/${scene.emptyId}${path}`;
const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** Looked at before all others: a training takes every core, and this one ends with the look at it. */
export const liveRun: Sight = {
  name: "run live",
  as: "admin",
  path: inRun("live"),
  act: (page) => page.getByRole("img", { name: /^Loss over \d+ steps/ }).waitFor(),
  async leave(page) {
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Retry" })).toBeVisible();
  },
};

/** Every other page that Borda has, and what opens on it. */
export const sights: readonly Sight[] = [
  { name: "sign-in", as: "visitor", path: () => "/sign-in" },
  {
    name: "sign-in refused",
    as: "visitor",
    path: () => "/sign-in",
    async act(page) {
      await page.getByLabel("E-mail").fill("nobody@borda.local");
      await page.getByLabel("Password").fill("not-the-password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "invitation", as: "visitor", path: ({ invitePath }) => invitePath },
  { name: "invitation used up", as: "visitor", path: ({ usedInvitePath }) => usedInvitePath },
  { name: "invitation of somebody signed in", as: "admin", path: ({ invitePath }) => invitePath },
  { name: "new password", as: "visitor", path: ({ newPasswordPath }) => newPasswordPath },
  { name: "new password by a link that is none", as: "visitor", path: () => "/new-password/none" },
  { name: "not found", as: "visitor", path: () => "/nowhere" },
  { name: "labeler home", as: "labeler", path: () => "/label" },
  { name: "account", as: "labeler", path: () => "/account" },
  { name: "ranking", as: "labeler", path: ({ projectId }) => `/label/${projectId}` },
  {
    name: "ranking of nine, half done",
    as: "labeler",
    path: ({ longId }) => `/label/${longId}`,
    act: (page) => pressKeys(page, ["c", "1", "a", "2", "d", "=", "b", "3", "x"]),
  },
  {
    name: "ranking, two at a time",
    as: "labeler",
    path: ({ projectId }) => `/label/${projectId}`,
    act: (page) => pressKeys(page, ["Shift+C"]),
  },
  {
    name: "ranking, keys",
    as: "labeler",
    path: ({ projectId }) => `/label/${projectId}`,
    act: (page) => pressKeys(page, ["?"]),
  },
  {
    name: "ranking, skip",
    as: "labeler",
    path: ({ projectId }) => `/label/${projectId}`,
    act: (page) => pressKeys(page, ["s"]),
  },
  {
    name: "ranking, partial",
    as: "labeler",
    path: ({ projectId }) => `/label/${projectId}`,
    act: (page) => pressKeys(page, ["a", "1", "b", "2", "Control+Enter"]),
  },
  {
    name: "ranking, guidelines",
    as: "labeler",
    path: ({ projectId }) => `/label/${projectId}`,
    act: press("Guidelines"),
  },
  { name: "nothing left to rank", as: "labeler", path: ({ doneId }) => `/label/${doneId}` },
  { name: "projects", as: "admin", path: () => "/projects" },
  { name: "new project", as: "admin", path: () => "/projects/new" },
  { name: "people", as: "admin", path: () => "/people" },
  { name: "people, another admin", as: "admin", path: () => "/people", act: press(/^Make an admin of/) },
  {
    name: "demo project",
    as: "admin",
    path: () => "/projects",
    async act(page) {
      await page.getByRole("button", { name: "Load the demo project" }).click();
      await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
      await expect(figure(page, "Prompts")).toContainText("24");
      await expect(figure(page, "Rankings")).toContainText("0");
    },
  },
  { name: "overview", as: "admin", path: inProject("") },
  { name: "overview, empty", as: "admin", path: inEmpty("") },
  { name: "prompts", as: "admin", path: inProject("/prompts") },
  { name: "prompts, export", as: "admin", path: inProject("/prompts"), act: press("Export") },
  { name: "prompts, empty", as: "admin", path: inEmpty("/prompts") },
  { name: "prompt", as: "admin", path: ({ projectId, promptId }) => `/projects/${projectId}/prompts/${promptId}` },
  { name: "imports", as: "admin", path: inProject("/imports") },
  { name: "imports, empty", as: "admin", path: inEmpty("/imports") },
  {
    name: "import preview",
    as: "admin",
    path: inEmpty("/imports"),
    async act(page) {
      const row = {
        prompt: "Why?",
        completions: [{ text: "Because." }, { text: "No idea." }],
        tiers: [[0], [1]],
        source: "a",
      };
      const buffer = Buffer.from(`${JSON.stringify(row)}\n{"prompt": "bad"}\n`);
      await page.locator("input[type=file]").setInputFiles({ name: "some.jsonl", mimeType: "text/plain", buffer });
      await page.getByText("Nothing is stored yet").waitFor();
      await page.getByText(/^Not read, .*: source$/).waitFor();
    },
  },
  {
    name: "import with bad rows",
    as: "admin",
    path: ({ projectId, importId }) => `/projects/${projectId}/imports/${importId}`,
  },
  { name: "labelers", as: "admin", path: inProject("/labelers") },
  { name: "labelers, empty", as: "admin", path: inEmpty("/labelers") },
  { name: "labelers, invite", as: "admin", path: inProject("/labelers"), act: press("Invite by a link") },
  {
    name: "labelers, new password link",
    as: "admin",
    path: inProject("/labelers"),
    act: press(/^New password link/),
  },
  { name: "training", as: "admin", path: inProject("/training") },
  { name: "training, empty", as: "admin", path: inEmpty("/training") },
  { name: "run published", as: "admin", path: inRun("published") },
  { name: "run evaluated", as: "admin", path: inRun("evaluated") },
  { name: "run failed", as: "admin", path: inRun("failed") },
  { name: "run cancelled", as: "admin", path: inRun("live") },
  { name: "checkpoints", as: "admin", path: inProject("/checkpoints") },
  { name: "checkpoints, empty", as: "admin", path: inEmpty("/checkpoints") },
  {
    name: "checkpoint",
    as: "admin",
    path: ({ projectId, checkpointId }) => `/projects/${projectId}/checkpoints/${checkpointId}`,
  },
  { name: "try it", as: "admin", path: inProject("/try") },
  {
    name: "try it, rewards",
    as: "admin",
    path: inProject("/try"),
    async act(page) {
      await page.getByLabel("Prompt").fill("How do I go about cleaning a kettle?");
      const completions = page.getByLabel(/^Completion/);
      await completions.nth(0).fill("It works in three steps. First gather what you need and read the instructions.");
      await completions.nth(1).fill("No idea, whatever.");
      await page.getByRole("button", { name: /^Score/ }).click();
      await page
        .getByRole("img", { name: /reward/i })
        .first()
        .or(page.getByText(/Rewards/).first())
        .waitFor();
    },
  },
  { name: "try it, nothing published", as: "admin", path: inEmpty("/try") },
  { name: "API keys", as: "admin", path: inProject("/api-keys") },
  { name: "API keys, empty", as: "admin", path: inEmpty("/api-keys") },
  { name: "settings", as: "admin", path: inProject("/settings") },
  { name: "settings, archived", as: "admin", path: ({ archivedId }) => `/projects/${archivedId}/settings` },
  { name: "project not found", as: "admin", path: () => "/projects/none" },
];

function inRun(which: keyof Scene["runIds"]) {
  return ({ projectId, runIds }: Scene) => `/projects/${projectId}/training/${runIds[which]}`;
}

/** A figure of the page by its label, such as "Prompts". */
function figure(page: Page, label: string) {
  return page.getByRole("main").getByText(label, { exact: true }).locator("..");
}

async function pressKeys(page: Page, keys: readonly string[]): Promise<void> {
  await page.getByRole("button", { name: /^Submit/ }).waitFor();
  for (const key of keys) await page.keyboard.press(key);
}
