import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkout, Refusal, say } from "./checkout.mjs";
import { takeLock } from "./lock.mjs";

/**
 * @typedef {object} BuildTask one task of `turbo run build`, as its dry run tells it
 * @property {string} taskId
 * @property {string} command
 * @property {string} hash of everything it is made from
 * @property {string} directory
 * @property {string[] | null} outputs
 */

const stampFile = join(checkout, "node_modules", ".cache", "borda", "built.json");

/**
 * Builds the apps when their sources changed since the last build. Where nothing changed no file is touched: another
 * Borda may be running from this checkout.
 * @returns {Promise<void>}
 */
export async function build() {
  await mkdir(dirname(stampFile), { recursive: true });
  const lock = await waitForLock(`${stampFile}.lock`);
  try {
    const tasks = await plan();
    const stamp = JSON.stringify(Object.fromEntries(tasks.map(({ taskId, hash }) => [taskId, hash])));
    if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && tasks.every(hasOutputs)) return;
    say("Building web, worker and scorer ...");
    const began = performance.now();
    await turbo(["run", "build", "--output-logs=errors-only"]);
    say(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    writeFileSync(stampFile, stamp);
  } finally {
    lock.release();
  }
}

/** @param {string} path @returns {Promise<{ release: () => void }>} */
async function waitForLock(path) {
  for (let told = false; ; told = true) {
    const lock = takeLock(path);
    if ("release" in lock) return lock;
    if (!told) say(`Waiting for the build of process ${lock.heldBy} ...`);
    await pause(300);
  }
}

/** @returns {Promise<BuildTask[]>} */
async function plan() {
  const dryRun = await turbo(["run", "build", "--dry=json"]);
  /** @type {BuildTask[]} */
  const tasks = JSON.parse(dryRun).tasks;
  return tasks.filter(({ command }) => command !== "<NONEXISTENT>");
}

/** @param {BuildTask} task @returns {boolean} */
function hasOutputs({ directory, outputs }) {
  const folders = (outputs ?? []).filter((glob) => !glob.startsWith("!")).map((glob) => glob.replace(/\/\*\*$/, ""));
  return folders.length === 0 || folders.some((folder) => existsSync(join(checkout, directory, folder)));
}

/**
 * What turbo says on stdout; when it fails, all it said goes to the terminal.
 * @param {string[]} args
 * @returns {Promise<string>}
 */
export async function turbo(args) {
  const child = spawn(process.execPath, [join(checkout, "node_modules", "turbo", "bin", "turbo"), ...args], {
    cwd: checkout,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, all] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    said += chunk;
    all += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    all += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code === 0) return said;
  say(all);
  throw new Refusal("BUILD_FAILED", `turbo ${args[1]} failed: what it said stands above.`);
}
