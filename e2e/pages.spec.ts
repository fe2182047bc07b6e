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
    await settle(page);
    // Pages have no frames, and need no second page to gather what was found in them.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
    // Between the themes only colours differ.
    const { violations } = await (colorScheme === "light" ? axe : axe.withRules(["color-contrast"])).analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === "serious" || impact === "critical")
        faults.push(`${name}, ${colorScheme}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
  }
  await page.setViewportSize(narrow);
  await settle(page);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (beyond > 0) faults.push(`${name}: ${beyond} px wider than ${narrow.width}`);
  return faults;
}

/** Everything is there: no skeleton, and no transition under way. */
async function settle(page: Page): Promise<void> {
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
  await page.evaluate(() => {
    const under = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(under.map(({ finished }) => finished.catch(() => {})));
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
