import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../bootstrap/checkout.mjs";

export interface Stage {
  readonly name: string;
  readonly base: string;
  /** Instructions, each in one line. */
  readonly lines: readonly string[];
}

/** The stages of the Dockerfile, in order. */
export const stages: readonly Stage[] = readFileSync(join(checkout, "Dockerfile"), "utf8")
  .replace(/^#.*\n/gm, "")
  .replace(/\s*\\\n\s*/g, " ")
  .split(/^(?=FROM )/m)
  .flatMap((text) => {
    const [from = "", ...lines] = text.split("\n").filter((line) => line !== "");
    const [, base, name] = /^FROM (\S+) AS (\S+)$/.exec(from) ?? [];
    return base && name ? [{ name, base, lines }] : [];
  });

/** What ENV sets in the image of a stage. */
export function imageEnvironment(target: string): Record<string, string> {
  const lines = stages.find(({ name }) => name === target)?.lines ?? [];
  const pairs = lines.filter((line) => line.startsWith("ENV ")).flatMap((line) => line.slice(4).split(" "));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}
