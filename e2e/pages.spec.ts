import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { liveRun, type Sight, sights } from "./pages";
import { type Scene, setScene, type Who } from "./scene";

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };
/** What a browser says by itself of an answer that the page expects. */
const expected = /status of (401|404)/;

/** What is wrong with a page as it stands: for eyes, for screen readers, for its console. */
async function faultsOf(
  page: Page,
  { name, path, act, leave }: Sight,
  scene: Scene,
  webUrl: string,
): Promise<string[]> {
  const faults: string[] = [];
  page.on("console", (message) => {
    const said = message.text();
    if (message.type() === "error" && !expected.test(said)) faults.push(`${name}: console: ${said}`);
  });
  page.on("pageerror", ({ message }) => faults.push(`${name}: ${message}`));
  await page.goto(webUrl + path(scene));
  await settle(page);
  await act?.(page);
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
  // A chart takes its new width when its observer is told.
  const fits = () => document.documentElement.scrollWidth <= window.innerWidth;
  await page.waitForFunction(fits, null, { timeout: 5_000 }).catch(() => faults.push(`${name}: wider than 390 px`));
  await leave?.(page);
  return faults;
}

/** Everything is there: no skeleton, and every transition at its end. */
async function settle(page: Page): Promise<void> {
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  });
}

/** Somebody who looks at one page after the other, as whoever may see it; each with a window of their own. */
function aLooker(browser: Browser, scene: Scene, webUrl: string) {
  const contexts = new Map<Who, BrowserContext>();
  return async (sight: Sight): Promise<string[]> => {
    const session = scene.sessions[sight.as];
    const context =
      contexts.get(sight.as) ??
      (await browser.newContext({ viewport: wide, reducedMotion: "reduce", storageState: session }));
    contexts.set(sight.as, context);
    const page = await context.newPage();
    const faults = await faultsOf(page, sight, scene, webUrl);
    await page.close();
    return faults;
  };
}

// A trace of so many pages takes longer than the pages.
test.use({ trace: "off" });

test("every page can be read, in both themes and on a phone, without a complaint of the browser", async ({
  browser,
  borda,
}) => {
  test.setTimeout(420_000);
  const scene = await setScene(browser, borda);
  const [one, other] = [aLooker(browser, scene, borda.webUrl), aLooker(browser, scene, borda.webUrl)];
  const faults = await one(liveRun);
  const waiting = [...sights];
  const lookOn = async (look: typeof one) => {
    for (let sight = waiting.shift(); sight; sight = waiting.shift()) faults.push(...(await look(sight)));
  };
  await Promise.all([lookOn(one), lookOn(other)]);
  expect(faults).toEqual([]);
});
