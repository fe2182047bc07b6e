import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Sight, sights } from "./pages";
import { endless, launch, type Scene, setScene } from "./scene";

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };
/** What a browser says by itself of an answer that the page expects. */
const expected = /status of (401|404)/;

/** What is wrong with a page as it stands: for eyes, for screen readers, for its console. */
async function faultsOf(page: Page, { name, path, act }: Sight, scene: Scene, webUrl: string): Promise<string[]> {
  const faults: string[] = [];
  page.on("console", (message) => {
    const said = message.text();
    if (message.type() === "error" && !expected.test(said)) faults.push(`${name}: console: ${said}`);
  });
  page.on("pageerror", ({ message }) => faults.push(`${name}: ${message}`));
  await page.goto(webUrl + path(scene));
  await settle(page);
  await act?.(page);
  await settle(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // Pages have no frames, and need no second page to gather what was found in them.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
    // Between the themes only colours differ.
    const rules = colorScheme === "light" ? axe : axe.withRules(["color-contrast"]);
    const violations = await lasting(page, async () =>
      (await rules.analyze()).violations.filter(({ impact }) => impact === "serious" || impact === "critical"),
    );
    for (const { id, nodes } of violations)
      faults.push(`${name}, ${colorScheme}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
  }
  await page.setViewportSize(narrow);
  // A chart takes its new width when its observer is told.
  const fits = expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth));
  await fits.toBeLessThanOrEqual(0).catch(() => faults.push(`${name}: wider than ${narrow.width} px`));
  return faults;
}

/** What is wrong still after the third look: a theme or a width that has just changed takes the page a moment. */
async function lasting<T>(page: Page, look: () => Promise<T[]>): Promise<T[]> {
  let found: T[] = [];
  for (let looks = 0; looks < 3; looks++) {
    await settle(page);
    found = await look();
    if (found.length === 0) break;
  }
  return found;
}

/** Everything is there: no skeleton, and every transition at its end (waiting would need frames, which a page behind another may not get). */
async function settle(page: Page): Promise<void> {
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  });
}

// A trace of so many pages takes longer than the pages.
test.use({ trace: "off" });

test("every page can be read, in both themes and on a phone, without a complaint of the browser", async ({
  browser,
  borda,
}) => {
  test.setTimeout(420_000);
  const scene = await setScene(browser, borda);
  const runId = await launch(scene.api, scene.projectId, endless);
  const live: Sight = { name: "run live", as: "admin", path: () => `/projects/${scene.projectId}/training/${runId}` };
  const faults: string[] = [];
  const look = async (sight: Sight) => {
    const page = await scene[sight.as].newPage();
    await page.setViewportSize(wide);
    faults.push(...(await faultsOf(page, sight, scene, borda.webUrl)));
    await page.close();
  };
  // A training takes every core: the others are looked at in peace.
  await look(live);
  await scene.api.mutate("training.cancel", { runId });
  const waiting = [...sights];
  const lookOn = async () => {
    for (let sight = waiting.shift(); sight; sight = waiting.shift()) await look(sight);
  };
  await Promise.all([lookOn(), lookOn()]);
  expect(faults).toEqual([]);
});
