import { type FileIssue, readGroups } from "@borda/datasets";
import type { PreferenceGroup } from "@borda/preferences";
import { BadInput } from "./failures";
import { tell } from "./output";

/** Bad rows that are told one by one; the rest are counted. */
const ISSUES_TOLD = 10;

/**
 * The groups of some files; bad rows, and fields that are not read, are told on stderr. Throws BadInput where not one row
 * could be read.
 */
export async function readData(paths: readonly string[]): Promise<{ groups: PreferenceGroup[]; badRows: number }> {
  let badRows = 0;
  const onIssue = (issue: FileIssue) => {
    badRows += 1;
    if (badRows <= ISSUES_TOLD) tell(issueText(issue));
  };
  const groups = await readGroups(paths, onIssue, (path, fields) => tell(`${path}: not read: ${fields.join(", ")}.`));
  if (badRows > ISSUES_TOLD) tell(`... and ${badRows - ISSUES_TOLD} more bad rows; \`borda inspect\` lists them all.`);
  if (groups.length === 0)
    throw new BadInput(`${paths.join(", ")}: not one of the ${badRows} rows can be read; \`borda inspect\` says why.`);
  return { groups, badRows };
}

export function issueText({ path, line, field, problem, remedy }: FileIssue): string {
  return `${path} line ${line}: ${field ? `${field} ` : ""}${problem}. ${remedy}`;
}
