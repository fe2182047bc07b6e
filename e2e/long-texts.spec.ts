import { devices, type Page } from "@playwright/test";
import { type Api, apiOf } from "./api";
import { expect, signIn, test } from "./fixtures";
import { longRow } from "./long-row";

/** Nine completions of 2000 characters each, one task after the other: the most that a labeler is given. */
test.describe.configure({ mode: "serial" });

const scene: { projectId?: string } = {};

interface Story {
  readonly completions: readonly { readonly id: string }[];
  readonly rankings: readonly {
    readonly tiers: readonly (readonly string[])[];
    readonly unacceptableFrom: number | null;
  }[];
  readonly skips: readonly { readonly reason: string; readonly note: string }[];
}

test.beforeEach(async ({ page, borda }) => {
  await signIn(page, borda.webUrl, borda.admin);
  const api = apiOf(page.request, borda.webUrl);
  scene.projectId ??= await aProject(api);
  await page.goto(new URL(`/label/${scene.projectId}`, borda.webUrl).href);
  await expect(cards(page)).toHaveCount(9);
});

test("by keyboard alone: tiers, a tie, the line, a partial ranking that asks once", async ({ page, borda }) => {
  const ids = await idsOf(page);
  await expect(page.getByRole("button", { name: /^Submit/ })).toBeDisabled();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("An order that nobody made is never stored.")).toBeVisible();
  // Unfolded and folded again, where it stands.
  const first = cards(page).first();
  const height = async () => (await first.boundingBox())?.height ?? 0;
  await page.keyboard.press("a");
  const folded = await height();
  await page.keyboard.press("Space");
  await expect.poll(height).toBeGreaterThan(folded * 1.5);
  await page.keyboard.press("Space");
  await expect.poll(height).toBe(folded);
  for (const key of ["a", "1", "b", "2", "c", "2", "d", "3", "x"]) await page.keyboard.press(key);
  await expect(page.getByText("unacceptable from here down", { exact: true })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog", { name: "Submit without E, F, G, H and I?" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^task 2/)).toBeVisible();
  const { rankings } = await storyOf(apiOf(page.request, borda.webUrl), ids);
  const [a, b, c, d] = ids;
  expect(rankings).toMatchObject([{ tiers: [[a], expect.arrayContaining([b, c]), [d]], unacceptableFrom: 2 }]);
});

test("by finger, at 390 px", async ({ page, browser, borda }) => {
  const { viewport: _, ...phone } = devices["Pixel 7"];
  const context = await browser.newContext({
    ...phone,
    viewport: { width: 390, height: 844 },
    storageState: await page.context().storageState(),
  });
  const labeler = await context.newPage();
  await labeler.goto(page.url());
  await expect(cards(labeler)).toHaveCount(9);
  const ids = await idsOf(labeler);
  const letters = [..."ABCDEFGHI"];
  await labeler.getByRole("button", { name: "A: Put into tier 1" }).tap();
  for (const letter of letters.slice(1)) await labeler.getByRole("button", { name: `${letter}: New tier below` }).tap();
  await labeler.getByRole("button", { name: /^Your ranking/ }).tap();
  await labeler.getByRole("button", { name: "I: Up", exact: true }).tap();
  await expect(labeler.getByRole("region", { name: "Completion I, tier 8 of 9" })).toBeVisible();
  expect(await labeler.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await labeler.getByRole("button", { name: /^Submit/ }).tap();
  await expect(labeler.getByText(/^task 3/)).toBeVisible();
  const { rankings } = await storyOf(apiOf(page.request, borda.webUrl), ids);
  const [h, i] = [ids[7]!, ids[8]!];
  expect(rankings).toMatchObject([{ tiers: [...ids.slice(0, 7), i, h].map((id) => [id]), unacceptableFrom: null }]);
  await context.close();
});

test("or passed over with a reason, which the admin is told", async ({ page, borda }) => {
  const ids = await idsOf(page);
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog", { name: "Skip this task" });
  await expect(dialog.getByRole("radio", { name: /^I cannot judge this/ })).toBeFocused();
  for (const key of ["ArrowDown", "ArrowDown", "Tab"]) await page.keyboard.press(key);
  await page.keyboard.type("Which queue?");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Nothing left to rank here" })).toBeVisible();
  const { skips, rankings } = await storyOf(apiOf(page.request, borda.webUrl), ids);
  expect(skips).toMatchObject([{ reason: "prompt-unclear", note: "Which queue?" }]);
  expect(rankings).toEqual([]);
});

const cards = (page: Page) => page.getByRole("region", { name: /^Completion [A-I]/ });

/** Ids of the completions shown, A first. */
function idsOf(page: Page): Promise<string[]> {
  return cards(page).evaluateAll((elements) => elements.map((element) => element.getAttribute("data-card") ?? ""));
}

/** What the admin sees of the prompt that these completions answer. */
async function storyOf(api: Api, ids: readonly string[]): Promise<Story> {
  const { rows } = await api.query<{ rows: { id: string }[] }>("prompts.list", {
    projectId: scene.projectId,
    filter: "all",
  });
  const stories = await Promise.all(rows.map(({ id: promptId }) => api.query<Story>("prompts.get", { promptId })));
  return stories.find(({ completions }) => completions.some(({ id }) => id === ids[0]))!;
}

/** A project of three such tasks, in which the admin ranks. */
async function aProject(api: Api): Promise<string> {
  const form = { name: "Long texts", guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 1 };
  const { projectId } = await api.mutate<{ projectId: string }>("projects.create", form);
  const rows = ["a stack", "a ring buffer", "a heap"].map((topic) => `${JSON.stringify(longRow(topic))}\n`);
  await api.importFile(projectId, "long.jsonl", rows.join(""));
  await api.mutate("labelers.join", { projectId });
  return projectId;
}
