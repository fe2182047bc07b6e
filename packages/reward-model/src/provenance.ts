import { createHash } from "node:crypto";
import type { PreferenceGroup } from "@borda/preferences";

/**
 * SHA-256, in hex, of what some groups say: prompts, texts of completions, rankings. Independent of the order of the
 * groups; model names and labelers' names do not enter, since training does not see them.
 */
export function hashGroups(groups: readonly PreferenceGroup[]): string {
  const lines = groups.map(({ key, completions, rankings }) =>
    JSON.stringify([key, completions.map(({ text }) => text), rankings.map(({ tiers }) => tiers)]),
  );
  return hashText(lines.sort().join("\n"));
}

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
