import { type RunningBorda, startBorda } from "@borda/scripts/testing";
import { test as base, type Page } from "@playwright/test";

/** Starting from nothing: PostgreSQL makes its files, everything migrates. */
const startWithin = 240_000;

/** Tests with a whole Borda of their own (`borda`), started as `npm start` does and stopped as Ctrl-C does. */
export const test = base.extend<object, { borda: RunningBorda }>({
  borda: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from this pattern.
    async ({}, use) => {
      const borda = await startBorda();
      await use(borda);
      await borda.stop();
    },
    { scope: "worker", timeout: startWithin },
  ],
});

export { expect } from "@playwright/test";

/** Signs a person in on the page, and waits until they are in. */
export async function signIn(page: Page, webUrl: string, person: { email: string; password: string }): Promise<void> {
  await page.goto(new URL("/sign-in", webUrl).href);
  await page.getByLabel(/e-?mail/i).fill(person.email);
  await page.getByLabel(/^password/i).fill(person.password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
