import { findTestBrowser } from "@borda/scripts/testing";
import { defineConfig } from "@playwright/test";

const executablePath = findTestBrowser();

/** The built app in a real browser: one Borda a file, in a temporary home on free ports (fixtures.ts); two files at a time. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI === "true",
  timeout: 180_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    // The film of a trace would draw every frame for a fifth of the time; its snapshots show the pages, too.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] },
  },
});
