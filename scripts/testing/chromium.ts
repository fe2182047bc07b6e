import { existsSync } from "node:fs";

/** Debian's Chromium without its windows: the same pages in two thirds of the time. */
const HEADLESS_SHELL = "/usr/lib/chromium/chromium-headless-shell";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of a Chromium on this machine (BORDA_CHROMIUM, or a usual place); undefined when there is none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = environment.BORDA_CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  return usualPlaces.find((path) => existsSync(path));
}

/** What tests open: the headless shell where it is, else a whole Chromium. What is timed for people wants a whole one. */
export function findTestBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return !environment.BORDA_CHROMIUM && existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : findChromium(environment);
}
