import type { RowIssue } from "@borda/datasets";
import { describe, expect, it } from "vitest";
import { csvLine, issueLines } from "../src/features/imports/issue-files";

const issue: RowIssue = { line: 7, field: "tiers", problem: 'names "9", twice', remedy: "Name each once." };

async function textOf(as: "jsonl" | "csv", issues: RowIssue[]): Promise<string> {
  async function* source() {
    yield* issues;
  }
  let text = "";
  for await (const line of issueLines(source(), as)) text += line;
  return text;
}

describe("the bad rows of an import", () => {
  it("come as JSON, one a line", async () => {
    expect(JSON.parse(await textOf("jsonl", [issue]))).toEqual(issue);
  });
  it("come as CSV with a head, quoted where needed", async () => {
    expect(await textOf("csv", [issue])).toBe(
      'line,field,problem,remedy\r\n7,tiers,"names ""9"", twice",Name each once.\r\n',
    );
  });
  it("cannot run as a formula in a spreadsheet", () => {
    expect(csvLine(["=HYPERLINK(1)", "@x", -3])).toBe("'=HYPERLINK(1),'@x,-3\r\n");
  });
});
