import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { promptRows } from "../labeling-load/prompts";

/** A file of Borda's own format on disk. */
export interface ImportFile {
  readonly path: string;
  /** On disk. */
  readonly bytes: number;
  /** Unpacked. */
  readonly textBytes: number;
  readonly rows: number;
}

/** Completions a row; with their 40 to 140 words each, a row has some 2.2 kB. */
const k = 4;

/** Writes whole rows until the text has `textBytes`; streams, so that a file may be larger than memory. */
export async function writeFile(
  path: string,
  { textBytes, pack }: { textBytes: number; pack: "plain" | "gzip" },
): Promise<ImportFile> {
  let [rows, written] = [0, 0];
  function* lines(): Generator<string> {
    let block = "";
    for (const row of promptRows(Number.MAX_SAFE_INTEGER, k)) {
      const line = `${JSON.stringify(row)}\n`;
      rows += 1;
      written += line.length; // the words are ASCII
      block += line;
      if (block.length > 65_536 || written >= textBytes) {
        yield block;
        block = "";
      }
      if (written >= textBytes) return;
    }
  }
  const packing = pack === "gzip" ? [createGzip({ level: 1 })] : [];
  await pipeline([Readable.from(lines()), ...packing, createWriteStream(path)]);
  return { path, bytes: (await stat(path)).size, textBytes: written, rows };
}
