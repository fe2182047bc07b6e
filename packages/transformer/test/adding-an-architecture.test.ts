import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The added lines of each file of the diff in docs/adding-an-architecture.md. */
function addedLines(): Map<string, string[]> {
  const [, diff] = /```diff\n([\s\S]*?)\n```/.exec(read("docs/adding-an-architecture.md"))!;
  const files = diff!.split(/^--- .*\n\+\+\+ b\//m).slice(1);
  return new Map(
    files.map((file) => {
      const [path, ...lines] = file.trimEnd().split("\n");
      return [path!, lines.map((line) => line.replace(/^\+/, ""))];
    }),
  );
}

test("the cost of an architecture that docs show is the tree's: its one file whole, and its lines of the registry", () => {
  const [[file, whole], [registry, lines]] = [...addedLines()] as [[string, string[]], [string, string[]]];
  expect(`${whole.join("\n")}\n`).toBe(read(file));
  for (const line of lines) expect(read(registry).split("\n")).toContain(line);
  const rows = read("docs/adding-an-architecture.md").matchAll(/^\| `(packages[^`]+)`/gm);
  for (const [, path] of rows) expect(read(path!)).toMatch(/mistral/);
});
