import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../bootstrap/build.mjs";
import { checkout } from "../bootstrap/checkout.mjs";
import { commandCheck } from "./command";
import { missingTools } from "./machine";
import { check, fail, type Outcome, pass, type Suite } from "./outcome";
import { endToEnd } from "./playwright";
import { longFiles, missingFromLock, registryAddresses } from "./repository";
import { tensorflowSetup } from "./tensorflow";
import { vitestSuite } from "./vitest";

const turbo = "node_modules/turbo/bin/turbo";
const inCi = process.env.CI === "true" || process.env.CI === "1";

/** Everything that must hold, cheapest first. */
function allSuites(): Suite[] {
  return [
    ...(inCi ? [check("tools", missingTools)] : []),
    check("lockfile", () => {
      const lock = readFileSync(join(checkout, "package-lock.json"), "utf8");
      return [...registryAddresses(lock), ...missingFromLock(lock)];
    }),
    commandCheck("lint", ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "."]),
    commandCheck("boundaries", [turbo, "boundaries"]),
    commandCheck("layers", ["scripts/layers.mjs", "apps", "packages"]),
    commandCheck("typecheck", [turbo, "run", "typecheck", "--output-logs=errors-only", "--continue"]),
    ...(inCi ? [tensorflowSetup] : []),
    ...workspaces().map((folder) => vitestSuite(folder, folder)),
    endToEnd,
  ];
}

/** Workspaces with tests of their own; e2e runs in Playwright. */
function workspaces(): string[] {
  const below = (parent: string) => readdirSync(join(checkout, parent)).map((name) => `${parent}/${name}`);
  return [...below("packages"), ...below("apps"), "scripts", "bench"].filter((folder) =>
    existsSync(join(checkout, folder, "test")),
  );
}

/** The rest stands on it, so it runs whatever is wanted. */
const buildSuite: Suite = {
  name: "build",
  async run() {
    await build();
    return pass;
  },
};

/** Runs every suite whose name holds one of `wanted` (all without any); whether all passed. The last line is the sum. */
export async function runSuites(wanted: readonly string[]): Promise<boolean> {
  const isWanted = ({ name }: Suite) => wanted.length === 0 || wanted.some((part) => name.includes(part));
  const suites = [buildSuite, ...allSuites().filter(isWanted)];
  const rows: { name: string; outcome: Outcome; seconds: number }[] = [];
  for (const suite of suites) {
    console.log(`\n=== ${suite.name}`);
    const began = performance.now();
    const outcome = await run(suite);
    const seconds = (performance.now() - began) / 1000;
    rows.push({ name: suite.name, outcome, seconds });
    console.log(`=== ${suite.name}: ${tally(outcome)} in ${seconds.toFixed(1)} s`);
  }
  return summarise(rows);
}

async function run(suite: Suite): Promise<Outcome> {
  try {
    return await suite.run();
  } catch (error) {
    console.error(error);
    return fail(`${suite.name} crashed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tally({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} not run here` : ""}`;
}

function summarise(rows: readonly { name: string; outcome: Outcome; seconds: number }[]): boolean {
  console.log("\n=== all");
  for (const { name, outcome, seconds } of rows) {
    console.log(`${name.padEnd(24)} ${seconds.toFixed(1).padStart(7)} s  ${tally(outcome)}`);
  }
  list("Over 300 lines, each perhaps two rooms in one:", longFiles());
  list(
    "Not run here:",
    rows.flatMap(({ outcome }) => outcome.skipped),
  );
  list(
    "Failed:",
    rows.flatMap(({ name, outcome }) => outcome.failures.map((failure) => `${name}: ${failure}`)),
  );
  const sum = (of: (outcome: Outcome) => number) => rows.reduce((total, { outcome }) => total + of(outcome), 0);
  const failed = sum((outcome) => outcome.failed);
  console.log(`\n${sum((outcome) => outcome.passed)} passed, ${failed} failed`);
  return failed === 0;
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  console.log(`\n${title}`);
  for (const line of lines) console.log(`  ${line}`);
}
