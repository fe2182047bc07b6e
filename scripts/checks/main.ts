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
/** Suites side by side: most of their time is spent in waiting, for a lock to lapse or a process to start. */
const LANES = 2;
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
    alone(vitestSuite("scripts", "scripts")), // it starts whole Bordas, on time
    endToEnd,
  ];
}

/** Begun first, so that the lanes end together. */
const LONGEST = [
  "apps/worker",
  "packages/reward-model",
  "apps/web",
  "packages/database",
  "packages/queue",
  "apps/cli",
  "packages/transformer",
];

/** Workspaces with tests of their own, the longest first; scripts' run alone, and e2e's in Playwright. */
function workspaces(): string[] {
  const below = (parent: string) => readdirSync(join(checkout, parent)).map((name) => `${parent}/${name}`);
  const all = new Set([...LONGEST, ...below("packages"), ...below("apps"), "bench"]);
  return [...all].filter((folder) => existsSync(join(checkout, folder, "test")));
}

function alone({ beside: _, ...suite }: Suite): Suite {
  return suite;
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
  const rows: Row[] = [];
  const take = async (suite: Suite, output: "show" | "keep") => {
    console.log(output === "show" ? `\n=== ${suite.name}` : `... ${suite.name} begins`);
    const began = performance.now();
    const outcome = await run(suite, output);
    const seconds = (performance.now() - began) / 1000;
    rows.push({ name: suite.name, outcome, seconds });
    console.log(`=== ${suite.name}: ${tally(outcome)} in ${seconds.toFixed(1)} s`);
  };
  while (suites.length > 0) {
    const end = suites.findIndex(({ beside }) => !beside);
    const group = suites.splice(0, end === -1 ? suites.length : Math.max(1, end));
    const output = group.length > 1 ? "keep" : "show";
    const lane = async () => {
      for (let suite = group.shift(); suite; suite = group.shift()) await take(suite, output);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  return summarise(rows);
}

async function run(suite: Suite, output: "show" | "keep"): Promise<Outcome> {
  try {
    return await suite.run(output);
  } catch (error) {
    console.error(error);
    return fail(`${suite.name} crashed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tally({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} not run here` : ""}`;
}

interface Row {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seconds: number;
}

function summarise(rows: readonly Row[]): boolean {
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
