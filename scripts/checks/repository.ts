import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../bootstrap/checkout.mjs";
import { missingPlatforms } from "../bootstrap/lockfile.mjs";

/** Addresses in package-lock.json that would tie an install to one registry. */
export function registryAddresses(lock: string): string[] {
  const addresses = lock.match(/"resolved": "(?:https?|git)[^"]*"/g) ?? [];
  return addresses.slice(0, 5).map((line) => `package-lock.json holds ${line}: install with the repository's .npmrc`);
}

/** Native packages of other platforms that npm ci would miss. */
export function missingFromLock(lock: string): string[] {
  return missingPlatforms(JSON.parse(lock)).map(({ name }) => `${name} is not locked: npm run complete-lockfile`);
}

/** Longer files are probably two rooms in one. */
const longest = 300;

/** Source files over 300 lines, longest first: worth a look, no failure. */
export function longFiles(): string[] {
  return trackedFiles()
    .filter((path) => /\.(ts|tsx|mjs|css)$/.test(path) && !path.includes("/generated/"))
    .map((path) => ({ path, lines: readFileSync(join(checkout, path), "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > longest)
    .sort((a, b) => b.lines - a.lines)
    .map(({ path, lines }) => `${path} (${lines} lines)`);
}

/** Files that git knows; without git (an unpacked archive) none. */
function trackedFiles(): string[] {
  if (!existsSync(join(checkout, ".git"))) return [];
  return execFileSync("git", ["ls-files"], { cwd: checkout, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(checkout, path)));
}
