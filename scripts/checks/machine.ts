import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { findChromium } from "../testing/chromium";

/** What only tests need and this machine lacks. In CI each is a failure: nothing may be skipped there. */
export function missingTools(): string[] {
  return [
    ...(findChromium() ? [] : ["Chromium: the end-to-end tests need it (Debian: apt-get install chromium)"]),
    ...(onPath("redis-server")
      ? []
      : ["redis-server: the queue's tests on Redis need it (Debian: apt-get install redis-server)"]),
  ];
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
