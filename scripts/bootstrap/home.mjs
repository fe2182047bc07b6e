import { join, resolve } from "node:path";
import { checkout } from "./checkout.mjs";

/**
 * The folder of everything that this Borda keeps, the same for every command of this checkout: what was asked for, else
 * BORDA_HOME, else `.borda` beside the code. A relative path starts where the person typed the command, which npm, as it
 * runs scripts in the root, tells by INIT_CWD.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} [asked]
 * @returns {string}
 */
export function homeOf(environment, asked) {
  const path = asked || environment.BORDA_HOME || join(checkout, ".borda");
  return resolve(environment.INIT_CWD || process.cwd(), path);
}
