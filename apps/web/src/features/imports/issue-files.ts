import type { RowIssue } from "@borda/datasets";

/** The two forms in which the bad rows of an import can be taken away. */
export type IssueFileKind = "jsonl" | "csv";

const columns = ["line", "field", "problem", "remedy"] as const satisfies readonly (keyof RowIssue)[];

/** Writes issues line by line, so that a file with a million bad rows needs no more memory than one with ten. */
export async function* issueLines(issues: AsyncIterable<RowIssue>, as: IssueFileKind): AsyncGenerator<string> {
  if (as === "csv") yield csvLine(columns);
  for await (const issue of issues) {
    yield as === "csv" ? csvLine(columns.map((column) => issue[column])) : `${jsonLine(issue)}\n`;
  }
}

function jsonLine({ line, field, problem, remedy }: RowIssue): string {
  return JSON.stringify({ line, field, problem, remedy });
}

/**
 * One line by RFC 4180. A text that a spreadsheet would run as a formula (=, +, -, @, tab) is led by an apostrophe:
 * the problems quote the imported file, which anybody may have written.
 */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

function csvField(field: string | number): string {
  if (typeof field === "number") return String(field);
  const text = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
