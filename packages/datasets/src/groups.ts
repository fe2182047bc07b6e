import { createReadStream } from "node:fs";
import type { PreferenceGroup, Ranking } from "@borda/preferences";
import { keyOf } from "./keys";
import { openDataset } from "./open";
import type { DatasetRow, RowIssue } from "./row";

export interface FileIssue extends RowIssue {
  readonly path: string;
}

/**
 * The groups of some files, in order of first appearance, rows of one prompt merged: each completion once, by its text,
 * and every ranking over the merged indices. Rows that cannot be read go to `onIssue`, fields that are not to
 * `onIgnored`. Throws UnreadableDataset, and the file system's own errors.
 */
export async function readGroups(
  paths: readonly string[],
  onIssue: (issue: FileIssue) => void = () => {},
  onIgnored: (path: string, fields: readonly string[]) => void = () => {},
): Promise<PreferenceGroup[]> {
  const merger = createGroupMerger();
  for (const path of paths) {
    const { ignored, events } = await openDataset(createReadStream(path));
    if (ignored.length > 0) onIgnored(path, ignored);
    for await (const event of events) {
      if (event.type === "row") merger.add(event.row.group);
      else onIssue({ path, ...event.issue });
    }
  }
  return merger.groups();
}

interface OpenGroup {
  readonly group: DatasetRow["group"];
  readonly completions: { text: string; model?: string }[];
  readonly indexOfText: Map<string, number>;
  readonly rankings: (Ranking<number> & { labeler: string })[];
}

/** Collects rows into groups by prompt. */
export function createGroupMerger(): { add(row: DatasetRow["group"]): void; groups(): PreferenceGroup[] } {
  const open = new Map<string, OpenGroup>();
  return {
    add(row) {
      const key = keyOf(row.prompt);
      let merged = open.get(key);
      if (!merged) {
        merged = { group: row, completions: [], indexOfText: new Map(), rankings: [] };
        open.set(key, merged);
      }
      const { completions, indexOfText, rankings } = merged;
      const place = row.completions.map((completion) => {
        const known = indexOfText.get(completion.text);
        if (known !== undefined) return known;
        indexOfText.set(completion.text, completions.length);
        return completions.push(completion) - 1;
      });
      for (const { labeler, tiers, unacceptableFrom } of row.rankings)
        rankings.push({ labeler, tiers: tiers.map((tier) => tier.map((index) => place[index]!)), unacceptableFrom });
    },
    groups: () =>
      [...open].map(([key, { group, completions, rankings }]) => ({
        key,
        prompt: group.prompt,
        completions,
        rankings,
      })),
  };
}
