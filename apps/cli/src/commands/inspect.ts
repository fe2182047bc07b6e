import { createReadStream } from "node:fs";
import { createGroupMerger, type FileIssue, openDataset } from "@borda/datasets";
import { countComparisons, type PreferenceGroup } from "@borda/preferences";
import { issueText } from "../data";
import { print } from "../output";

export async function inspectCommand(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const files: FileFacts[] = [];
  for (const path of paths) files.push(await inspectFile(path));
  if (!json) for (const file of files) printFacts(file);
  else
    print(
      JSON.stringify({
        files: files.map(({ badRows, ...facts }) => ({
          ...facts,
          bad_rows: badRows.map(({ path: _, ...issue }) => issue),
        })),
      }),
    );
}

interface FileFacts {
  readonly path: string;
  readonly format: string;
  /** Fields of the first records that the format does not read. */
  readonly ignored: readonly string[];
  readonly rows: number;
  readonly prompts: number;
  readonly completions: number;
  /** Prompts by their number of different completions. */
  readonly k: Readonly<Record<number, number>>;
  readonly rankings: number;
  readonly labelers: readonly string[];
  /** Pairs that a ranking puts into different tiers, and pairs that it ties, over all rankings. */
  readonly comparisons: number;
  readonly ties: number;
  readonly badRows: readonly FileIssue[];
}

async function inspectFile(path: string): Promise<FileFacts> {
  const { format, ignored, events } = await openDataset(createReadStream(path));
  const merger = createGroupMerger();
  const badRows: FileIssue[] = [];
  let rows = 0;
  for await (const event of events) {
    if (event.type === "issue") badRows.push({ path, ...event.issue });
    else {
      rows += 1;
      merger.add(event.row.group);
    }
  }
  return { path, format: format.name, ignored, rows, ...factsOf(merger.groups()), badRows };
}

function factsOf(groups: readonly PreferenceGroup[]) {
  const k: Record<number, number> = {};
  for (const { completions } of groups) k[completions.length] = (k[completions.length] ?? 0) + 1;
  const rankings = groups.flatMap((group) => group.rankings);
  const pairs = rankings.map(countComparisons);
  return {
    prompts: groups.length,
    completions: groups.reduce((sum, { completions }) => sum + completions.length, 0),
    k,
    rankings: rankings.length,
    labelers: [...new Set(rankings.map(({ labeler }) => labeler))].sort(),
    comparisons: pairs.reduce((sum, { strict }) => sum + strict, 0),
    ties: pairs.reduce((sum, { ties }) => sum + ties, 0),
  };
}

function printFacts(facts: FileFacts): void {
  const k = Object.entries(facts.k).map(([size, prompts]) => `${size} (${prompts})`);
  print(`${facts.path}
  format       ${facts.format}${facts.ignored.length > 0 ? `; not read: ${facts.ignored.join(", ")}` : ""}
  rows         ${facts.rows}, bad ${facts.badRows.length}
  prompts      ${facts.prompts}
  completions  ${facts.completions}; k (prompts): ${k.join(", ")}
  rankings     ${facts.rankings} by ${facts.labelers.length} labelers
  comparisons  ${facts.comparisons}, and ${facts.ties} ties`);
  for (const issue of facts.badRows) print(`  ${issueText(issue)}`);
}
