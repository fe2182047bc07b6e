import { execFile } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program to its end and gives the last line that it printed. Throws with what it said where it fails. */
export async function lastLine(
  command: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { stdout } = await run(command, [...words], { maxBuffer: 2 ** 28, env: environment });
  return stdout.trimEnd().split("\n").at(-1)!;
}

/**
 * The same for a TypeScript program of a bench, whose only word is a value. It runs as the worker's do, as one file of
 * JavaScript: a compiler in the process would be part of what is measured.
 */
export async function lastLineOf(program: URL, value: unknown): Promise<string> {
  return lastLine(process.execPath, [await bundled(fileURLToPath(program)), JSON.stringify(value)]);
}

const bundle = fileURLToPath(new URL("../scripts/bundle.mjs", import.meta.url));
const made = new Map<string, Promise<string>>();

/** The file that a program is bundled into, once a run, beside it, so that it finds the same packages. */
function bundled(program: string): Promise<string> {
  const known = made.get(program);
  if (known) return known;
  const folder = join(dirname(program), "dist");
  const file = join(folder, `${basename(program, ".ts")}.js`);
  const making = lastLine(process.execPath, [bundle, `--outdir=${folder}`, program]).then(() => file);
  made.set(program, making);
  return making;
}
