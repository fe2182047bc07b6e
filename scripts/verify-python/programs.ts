import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { checkout, Refusal } from "../bootstrap/checkout.mjs";
import type { Row } from "./rows";

/** What one library makes of the rows; null for a row that it was not given. */
export const Scores = z.object({
  library: z.string(),
  rewards: z.array(z.number().nullable()),
  /** Judged by the tolerance; int8 is only shown. */
  exact: z.boolean(),
  /** What is wrong with it beside its numbers, such as weights that it had to draw. */
  fault: z.string().optional(),
});
export type Scores = z.infer<typeof Scores>;

const run = promisify(execFile);
const maxBuffer = 2 ** 28;

/** `borda score`, each row as a prompt with one completion. */
export async function scoresOfBorda(folder: string, rows: readonly Row[], file: string): Promise<number[]> {
  const lines = rows.map(({ prompt, completion }) => JSON.stringify({ prompt, completions: [completion] }));
  await writeFile(file, `${lines.join("\n")}\n`);
  const { stdout } = await program("borda score", process.execPath, [
    join(checkout, "scripts", "borda.mjs"),
    "score",
    folder,
    file,
  ]);
  const Line = z.object({ scores: z.tuple([z.number()]) });
  return stdout
    .trim()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)).scores[0]);
}

/** score.py beside this file: the checkpoint's library of Python, and onnxruntime on both of its graphs. */
export async function scoresOfPython(python: string, folder: string, file: string): Promise<Scores[]> {
  const { stdout } = await program("score.py", python, [join(import.meta.dirname, "score.py"), folder, file]);
  return z.array(Scores).parse(JSON.parse(stdout.trim().split("\n").at(-1)!));
}

async function program(name: string, command: string, words: readonly string[]) {
  try {
    return await run(command, words, { maxBuffer, env: { ...process.env, INIT_CWD: checkout } });
  } catch (cause) {
    const { stderr = "", message } = cause as { stderr?: string; message: string };
    throw new Refusal("VERIFY_FAILED", `${name} failed: ${stderr.trim().slice(-4000) || message}`, { cause });
  }
}
