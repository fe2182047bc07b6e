import { createWriteStream, existsSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A log longer than this is put aside at the next start; one old one is kept. */
const longest = 20 * 2 ** 20;
const remembered = 15;

/** The lines of one service: all in a file, the last ones in memory, and on the terminal where wanted. */
export interface Log {
  readonly path: string;
  follow(stream: Readable): void;
  /** The last lines, for the moment it fails. */
  last(): string[];
  close(): void;
}

export function openLog(folder: string, name: string, echo?: (line: string) => void): Log {
  const path = join(folder, `${name}.log`);
  if (existsSync(path) && statSync(path).size > longest) renameSync(path, `${path}.old`);
  const file = createWriteStream(path, { flags: "a" });
  // A full disk must not take the services down with it: their own writes tell.
  file.on("error", (error) => echo?.(`${name} | cannot write ${path}: ${error.message}`));
  const last: string[] = [];
  return {
    path,
    follow(stream) {
      createInterface({ input: stream }).on("line", (line) => {
        file.write(`${line}\n`);
        last.push(line);
        if (last.length > remembered) last.shift();
        echo?.(`${name.padEnd(8)}| ${line}`);
      });
    },
    last: () => [...last],
    close: () => file.end(),
  };
}
