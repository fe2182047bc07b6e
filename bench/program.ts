import { execFile } from "node:child_process";
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

/** The same for a TypeScript program of a bench, whose only word is a value. */
export function lastLineOf(program: URL, value: unknown): Promise<string> {
  const words = ["--import", import.meta.resolve("tsx"), program.pathname, JSON.stringify(value)];
  return lastLine(process.execPath, words);
}
