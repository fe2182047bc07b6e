import { existsSync } from "node:fs";

// Chromium without its windows comes first: a page costs it two thirds of the processor's time.
const usualPlaces = [
  "/usr/lib/chromium/chromium-headless-shell",
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
