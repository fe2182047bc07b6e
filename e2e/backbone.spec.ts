import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningBorda, startBorda } from "@borda/scripts/testing";
import { commit, type HubFiles, type HubServer, startHub, tinyModel } from "@borda/transformer/testing";
import type { Locator, Page } from "@playwright/test";
import { apiOf } from "./api";
import { test as base, expect, signIn } from "./fixtures";
import { roadRows } from "./road-data";

interface Scene {
  readonly model: HubFiles;
  readonly hub: HubServer;
  readonly borda: RunningBorda;
}

/** A whole Borda whose hub is a server of this test's. */
const test = base.extend<object, Scene>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from this pattern.
  model: [async ({}, use) => use(await tinyModel()), { scope: "worker" }],
  hub: [
    async ({ model }, use) => {
      const hub = await startHub({ "org/tiny": model, "org/gated": model }, { gated: ["org/gated"] });
      await use(hub);
      await hub.close();
    },
    { scope: "worker" },
  ],
  borda: [
    async ({ hub }, use) => {
      const borda = await startBorda({ env: { HF_ENDPOINT: hub.endpoint } });
      await use(borda);
      await borda.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],
});

test.beforeEach(async ({ page, borda }) => {
  test.setTimeout(240_000);
  await signIn(page, borda.webUrl, borda.admin);
});

test("a model of the hub: fetched, checked, trained on, published, and the scorer answers", async ({
  page,
  borda,
  hub,
}) => {
  const projectUrl = await aProject(page, borda, "From the hub");
  await page.goto(`${projectUrl}/training`);

  await test.step("nothing is trained on what is not prepared, and a gated model says what to do", async () => {
    await chooseModel(page, "org/gated");
    await expect(page.getByText("The backbone is not prepared yet")).toBeVisible();
    await expect(page.getByRole("button", { name: "Start training" })).toBeDisabled();
    await card(page).getByRole("button", { name: "Fetch and check" }).click();
    await expect(card(page).getByRole("alert")).toContainText(`${hub.endpoint}/org/gated`);
    await expect(card(page).getByRole("alert")).toContainText("set HF_TOKEN");
    await expect(page.getByText("The backbone cannot be used as it is")).toBeVisible();
  });

  await test.step("its progress is seen, it can be cancelled, and it goes on where it stopped", async () => {
    hub.holdAfter = 300_000;
    await chooseModel(page, "org/tiny");
    await card(page).getByRole("button", { name: "Fetch and check" }).click();
    await expect(card(page)).toContainText("Fetching model.safetensors");
    await expect(card(page)).toContainText(/[\d.]+ kB of [\d.]+ MB · file 2 of \d/);
    await card(page).getByRole("button", { name: "Cancel" }).click();
    await expect(card(page)).toContainText("What has arrived is kept");
    hub.holdAfter = 0;
    await page.getByRole("button", { name: "Prepare the backbone" }).click();
  });

  await test.step("what it is, weighs and needs is told", async () => {
    await expect(card(page)).toContainText(`Pinned to commit ${commit.slice(0, 12)}`);
    await expect(figure(page, "Architecture")).toContainText("bert");
    await expect(figure(page, "Weights")).toContainText("277.2K");
    await expect(figure(page, "Memory to train")).toContainText(/[\d.]+ MB/);
    await expect(page.getByText(/^Its states suit these poolings: mean, first token, /)).toHaveCount(0);
    await page.getByLabel("Pooling").selectOption("last");
    await expect(page.getByText(/^Its states suit these poolings: mean, first token, /)).toBeVisible();
    await page.getByLabel("Pooling").selectOption("mean");
  });

  await test.step("a run trains from it, and is published", async () => {
    await train(page);
    await expect(page.getByText("Evaluated", { exact: true })).toBeVisible({ timeout: 90_000 });
    await expect(page.getByTitle(`hub:org/tiny@${commit}`)).toBeVisible();
    await page.getByRole("link", { name: "Compare and publish" }).click();
    await page.getByRole("main").getByRole("button", { name: "Publish", exact: true }).first().click();
    await expect(page.getByRole("heading", { name: /^Candidate/ })).toHaveCount(0);
  });

  await test.step("the scorer serves it", async () => {
    const projectId = projectUrl.split("/").at(-1)!;
    const api = apiOf(page.request, borda.webUrl);
    const { key } = await api.mutate<{ key: string }>("apiKeys.create", { projectId, name: "hub" });
    await expect.poll(async () => (await score(borda.scorerUrl, key)).status).toBe(200);
    const { scores } = (await (await score(borda.scorerUrl, key)).json()) as { scores: number[] };
    expect(scores).toHaveLength(2);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  await test.step("a second run stands beside it, with the interval of their difference", async () => {
    await page.goto(`${projectUrl}/training`);
    await expect(card(page)).toContainText("Pinned to commit");
    await train(page);
    await expect(page.getByText("Evaluated", { exact: true })).toBeVisible({ timeout: 90_000 });
    await page.getByRole("link", { name: "Compare and publish" }).click();
    const accuracy = page.getByRole("row", { name: /^Accuracy \d/ });
    await expect(accuracy.getByRole("cell").last()).toContainText(/points\s*(±0|[+−][\d.]+) to (±0|[+−][\d.]+)/);
  });
});

test("a run that fails says why, and Retry runs it again", async ({ page, borda, model }) => {
  const folder = join(borda.home, "models", "tiny");
  await writeModel(folder, model);
  const projectUrl = await aProject(page, borda, "From a folder");
  await page.goto(`${projectUrl}/training`);
  await page.getByLabel("Backbone", { exact: true }).selectOption("folder");
  await page.getByLabel("Folder").fill(folder);
  await card(page).getByRole("button", { name: "Fetch and check" }).click();
  await expect(figure(page, "Architecture")).toContainText("bert");
  await rm(folder, { recursive: true });
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByRole("button", { name: "Start training" }).click();
  await expect(page.getByText("Failed", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("main").getByRole("alert")).toContainText(`${folder} is no backbone`);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("and retry");

  await writeModel(folder, model);
  const failed = page.url();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.waitForURL((url) => url.href !== failed);
  await expect(page.getByText("Evaluated", { exact: true })).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: "All runs" }).click();
  await expect(page.getByRole("row", { name: /Failed/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Evaluated/ })).toBeVisible();
});

/** A project with rankings; its address. */
async function aProject(page: Page, { webUrl }: RunningBorda, name: string): Promise<string> {
  const api = apiOf(page.request, webUrl);
  const form = { name, guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 1 };
  const { projectId } = await api.mutate<{ projectId: string }>("projects.create", form);
  const rows = roadRows().map((row) => `${JSON.stringify(row)}\n`);
  await api.importFile(projectId, "road.jsonl", rows.join(""));
  return new URL(`/projects/${projectId}`, webUrl).href;
}

async function writeModel(folder: string, files: HubFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}

async function chooseModel(page: Page, repository: string): Promise<void> {
  await page.getByLabel("Backbone", { exact: true }).selectOption("hub");
  await page.getByLabel("Model", { exact: true }).fill(repository);
}

async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByRole("button", { name: "Start training" }).click();
  await page.waitForURL(/\/training\/[^/]+$/);
}

const card = (page: Page): Locator => page.getByRole("region", { name: "The backbone" });
const figure = (page: Page, label: string): Locator => card(page).getByText(label, { exact: true }).locator("..");

function score(scorerUrl: string, key: string): Promise<Response> {
  return fetch(`${scorerUrl}/v1/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      prompt: "How do I store a violin?",
      completions: ["Follow the steps in order.", "Whatever."],
    }),
  });
}
