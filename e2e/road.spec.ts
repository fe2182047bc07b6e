import type { Locator, Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";
import { qualityOf, roadRows } from "./road-data";

const file = {
  name: "road.jsonl",
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(
    roadRows()
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  ),
};

/** What the consumer asks: a good completion and a poor one. */
const asked = {
  prompt: "How do I go about storing a violin?",
  completions: [
    "It works in three steps. First gather what you need and read the instructions once. Then follow them in order.",
    "No idea about it, whatever.",
  ],
};

test("the whole road: import, rank, retrain, publish, score", async ({ page, browser, borda }) => {
  test.setTimeout(420_000);
  await signIn(page, borda.webUrl, borda.admin);

  const projectUrl = await test.step("a project takes a file", async () => {
    await page.getByRole("link", { name: "New project" }).first().click();
    await page.getByLabel("Name").fill("Road");
    await page.getByLabel("Rankings wanted a prompt").fill("1");
    await page.getByRole("button", { name: "Create the project" }).click();
    await page.waitForURL(/\/imports$/);
    const home = page.url().replace(/\/imports$/, "");
    await page.locator("input[type=file]").setInputFiles(file);
    await expect(page.getByText("Nothing is stored yet")).toBeVisible();
    await page.getByRole("button", { name: "Import road.jsonl" }).click();
    await expect(page.getByText("What it added")).toBeVisible({ timeout: 60_000 });
    await expect(figure(page, "Prompts")).toContainText("64");
    await expect(figure(page, "Rankings")).toContainText("60");
    return home;
  });

  const key = await test.step("a key for the consumer, who hears that nothing is published", async () => {
    await page.goto(`${projectUrl}/api-keys`);
    await page
      .getByRole("button", { name: /make a key/i })
      .first()
      .click();
    await page.getByLabel("What will use it").fill("road test");
    await page.getByRole("button", { name: "Make the key" }).click();
    const made = await page.getByRole("dialog").getByLabel("road test").inputValue();
    const answer = await score(borda.scorerUrl, made);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "nothing_published" } } });
    return made;
  });

  const before = await test.step("a first training on the imported rankings is published by hand", async () => {
    await train(page, projectUrl);
    await expect(page.getByText("Evaluated", { exact: true })).toBeVisible({ timeout: 120_000 });
    await page.getByRole("link", { name: "Compare and publish" }).click();
    await page.getByRole("main").getByRole("button", { name: "Publish", exact: true }).first().click();
    await expect(page.getByRole("heading", { name: /^Candidate/ })).toHaveCount(0);
    await expect.poll(async () => (await score(borda.scorerUrl, key)).status).toBe(200);
    return (await score(borda.scorerUrl, key)).body;
  });

  const link = await test.step("the admin invites a labeler by a link", async () => {
    await page.goto(`${projectUrl}/labelers`);
    await page.getByRole("button", { name: "Invite by a link" }).first().click();
    await page.getByRole("button", { name: "Make the link" }).click();
    return page.getByRole("dialog").getByLabel("Link").inputValue();
  });

  await test.step("the labeler ranks three tasks by keyboard and one by drag", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const labeler = await context.newPage();
    const received = watchFor(labeler, /policy-\d|mara/);
    await labeler.goto(link);
    await labeler.getByLabel("Name").fill("Lena");
    await labeler.getByLabel("E-mail").fill("lena@borda.local");
    await labeler.getByLabel("Password").fill("a-long-enough-password");
    await labeler.getByRole("button", { name: "Join" }).click();
    await labeler.getByRole("link", { name: "Start ranking" }).click();
    for (let done = 0; done < 3; done++) await rankOne(labeler, byKeyboard);
    await rankOne(labeler, byDrag);
    expect(received).toEqual([]);
    await context.close();
  });

  const after = await test.step("a retraining takes them in, and the scorer names the new checkpoint", async () => {
    await page.goto(`${projectUrl}/settings`);
    await page.getByRole("radio", { name: /^By itself/ }).check();
    await page.getByLabel(/^Points of accuracy/).fill("100");
    await page.locator("form", { hasText: "Who publishes" }).getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved").first()).toBeVisible();
    await train(page, projectUrl);
    await expect(page.getByText("Published", { exact: true })).toBeVisible({ timeout: 120_000 });
    await expect.poll(async () => (await score(borda.scorerUrl, key)).body.checkpoint).not.toBe(before.checkpoint);
    const after = await score(borda.scorerUrl, key);
    expect(after.status).toBe(200);
    expect(after.body.scores).not.toEqual(before.scores);
    const [good, poor] = after.body.scores;
    expect(good).toBeGreaterThan(poor!);
    return after.body;
  });

  await test.step("the admin tries it: the same rewards, and the chance that one beats the next", async () => {
    await page.goto(`${projectUrl}/try`);
    await page.getByLabel("Prompt").fill(asked.prompt);
    const [good, poor] = asked.completions;
    await page.getByLabel("Completion 1", { exact: true }).fill(poor!);
    await page.getByLabel("Completion 2", { exact: true }).fill(good!);
    await page.getByRole("button", { name: "Score" }).click();
    const [first, second] = [page.getByRole("listitem").first(), page.getByRole("listitem").nth(1)];
    await expect(first).toContainText("Completion 2");
    await expect(second).toContainText("Completion 1");
    const [higher, lower] = after.scores as [number, number];
    for (const [rung, reward] of [[first, higher] as const, [second, lower] as const])
      await expect(rung).toContainText(Math.abs(reward).toFixed(3));
    const chance = 1 / (1 + Math.exp(lower - higher));
    await expect(first).toContainText(`${(chance * 100).toFixed(1)} % that it is preferred to the next`);
  });

  await test.step("one click rolls back, and the scorer follows", async () => {
    await page.goto(`${projectUrl}/checkpoints`);
    await page.getByRole("button", { name: "Roll back" }).click();
    await expect.poll(async () => (await score(borda.scorerUrl, key)).body.checkpoint).toBe(before.checkpoint);
    await expect(page.getByText("rolled back", { exact: false }).first()).toBeVisible();
  });
});

/** Starts a training with the quick preset and sees its loss move on the live page. */
async function train(page: Page, projectUrl: string): Promise<void> {
  await page.goto(`${projectUrl}/training`);
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByRole("button", { name: "Start training" }).click();
  await page.waitForURL(/\/training\/[^/]+$/);
  await expect(page.getByRole("img", { name: /^Loss over \d+ steps/ })).toBeVisible({ timeout: 60_000 });
}

/** Ranks the task on the page with `place`, submits it by its keys, and waits for the next one. */
async function rankOne(page: Page, place: (page: Page, cards: Locator[]) => Promise<void>): Promise<void> {
  const cards = page.getByRole("region", { name: /^Completion [A-D]/ });
  await expect(cards).toHaveCount(4);
  const ids = await cards.evaluateAll((elements) => elements.map((element) => element.getAttribute("data-card") ?? ""));
  const rated = await Promise.all(
    ids.map(async (id) => {
      const card = page.locator(`[data-card="${id}"]`);
      return { card, quality: qualityOf((await card.textContent()) ?? "") };
    }),
  );
  const best = rated.toSorted((one, other) => one.quality - other.quality).map(({ card }) => card);
  await expect(page.getByRole("button", { name: /^Submit/ })).toBeDisabled();
  await place(page, best);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(`[data-card="${ids[0]}"]`)).toHaveCount(0);
}

async function byKeyboard(page: Page, best: Locator[]): Promise<void> {
  for (const [tier, card] of best.entries()) {
    const letter = /^Completion ([A-I])/.exec((await card.getAttribute("aria-label")) ?? "")?.[1];
    expect(letter).toBeDefined();
    await page.keyboard.press(letter!.toLowerCase());
    await page.keyboard.press(String(tier + 1));
    await expect(card).toHaveAttribute("aria-label", new RegExp(`tier ${tier + 1}`, "i"));
  }
}

async function byDrag(page: Page, best: Locator[]): Promise<void> {
  for (const [tier, card] of best.entries()) {
    const goal =
      tier === 0 ? page.getByText("Begin with any completion") : page.getByRole("region", { name: /^Your ranking/ });
    const handle = await card.boundingBox();
    const area = await goal.boundingBox();
    expect(handle && area).toBeTruthy();
    await page.mouse.move(handle!.x + 60, handle!.y + 14);
    await page.mouse.down();
    await page.mouse.move(handle!.x + 80, handle!.y + 30, { steps: 4 });
    // Into the free space under the last tier: a tier of its own, below all others.
    await page.mouse.move(area!.x + area!.width / 2, area!.y + area!.height - (tier === 0 ? 2 : 12), { steps: 8 });
    await page.mouse.up();
    await expect(card).toHaveAttribute("aria-label", new RegExp(`tier ${tier + 1}`, "i"));
  }
}

function figure(page: Page, label: string): Locator {
  return page.getByRole("main").getByText(label, { exact: true }).locator("..");
}

interface Answer {
  status: number;
  body: { checkpoint?: string; scores: number[]; error?: { code: string } };
}

async function score(scorerUrl: string, key: string): Promise<Answer> {
  const response = await fetch(`${scorerUrl}/v1/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(asked),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

/** What came to this page from the server and holds `pattern`: names of models, or of imported labelers, must not. */
function watchFor(page: Page, pattern: RegExp): string[] {
  const found: string[] = [];
  page.on("response", async (response) => {
    const type = response.headers()["content-type"] ?? "";
    if (!/json|html|x-component/.test(type)) return;
    const text = await response.text().catch(() => "");
    if (pattern.test(text)) found.push(response.url());
  });
  return found;
}
