import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, Refusal } from "./checkout.mjs";

/**
 * Refuses a Node older than package.json's `engines` asks for.
 * @param {string} version such as process.versions.node
 * @returns {void}
 */
export function requireNode(version) {
  /** @type {{ engines: { node: string } }} */
  const { engines } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const least = engines.node.replace(/^>=/, "");
  if (isOlder(version, least)) {
    throw new Refusal(
      "WRONG_NODE",
      `Borda needs Node ${least} or newer and this is Node ${version}: install a newer one from https://nodejs.org and run the command again.`,
    );
  }
}

/** @param {string} version @param {string} least @returns {boolean} */
function isOlder(version, least) {
  const [a, b] = [version, least].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
