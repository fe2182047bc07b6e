import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, Refusal, say } from "./checkout.mjs";
import { requireSpace } from "./disk.mjs";

const megabyte = 2 ** 20;
/** node_modules and npm's cache, with room for the build. */
const spaceWanted = 2500 * megabyte;

/**
 * Installs what package-lock.json names, unless node_modules holds exactly that already.
 * @returns {Promise<void>}
 */
export async function install() {
  if (isInstalled(checkout)) return;
  await requireSpace(checkout, spaceWanted, "installing Borda's packages");
  say("Installing packages (npm ci) ...");
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []];
  const code = await new Promise((resolve, reject) => {
    spawn(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: checkout,
      // npm's summary would stand on stdout, where `borda --json` promises one object.
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32" && command === "npm",
    })
      .on("error", reject)
      .on("exit", resolve);
  });
  if (code !== 0) {
    throw new Refusal("INSTALL_FAILED", "npm ci failed: mend what it says above, then run the command again.");
  }
}

/**
 * Whether node_modules is what package-lock.json asks for: npm writes what it installed to
 * node_modules/.package-lock.json at the very end. Packages of other platforms are absent there.
 * @param {string} folder
 * @returns {boolean}
 */
export function isInstalled(folder) {
  const hidden = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const present = packagesOf(hidden);
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === "") return true;
    const found = present[path];
    return found ? found.version === version : Boolean(optional || devOptional);
  });
}

/**
 * @param {string} lock
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(lock) {
  return JSON.parse(readFileSync(lock, "utf8")).packages;
}
