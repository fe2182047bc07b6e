import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../../../scripts/borda.mjs");
const root = join(import.meta.dirname, "../../..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run -s borda -- ARGS` as npm does: in the repository's root, with the user's own folder in INIT_CWD. */
export function borda(folder: string, args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env: { ...process.env, BORDA_HOME: join(folder, "home"), INIT_CWD: folder },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => {}); // a command that fails early does not read its input
    child.stdin.end(input);
  });
}

export const lastLine = ({ stdout }: Ended) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

/** 30 prompts with 3 ranked completions each, in Borda's own format; the last line is bad. */
export function newFolderWithData(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-cli-"));
  const rows = Array.from({ length: 30 }, (_, i) => ({
    prompt: `How do I cook dish number ${i}?`,
    completions: [
      { text: `Wash the ${i} vegetables, then fry them gently in oil and season to taste.` },
      { text: `Fry it ${i}.` },
      { text: "No." },
    ],
    tiers: i % 5 === 0 ? [[0], [1, 2]] : [[0], [1], [2]],
    labeler: "Ada",
    source: "kitchen",
  }));
  const bad = { prompt: "Bad", completions: [{ text: "" }, { text: "x" }] };
  writeFileSync(join(folder, "data.jsonl"), [...rows, bad].map((row) => JSON.stringify(row)).join("\n"));
  return folder;
}
