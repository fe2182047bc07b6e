import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip, gzipSync } from "node:zlib";

/** One row in so many is held out. */
const HELD_OUT = 5;

export interface SplitFile {
  readonly train: string;
  readonly heldOut: string;
}

/** The most rows of each part; all where left out. */
export type SplitLimits = { readonly [part in keyof SplitFile]?: number | undefined };

/**
 * The rows of a JSON Lines file, gzipped or not, as two files of the same name, which is what formats are told by: every
 * fifth row is held out, of either part the first `limits`.
 */
export async function splitFile(path: string, folder: string, limits: SplitLimits = {}): Promise<SplitFile> {
  const zipped = path.endsWith(".gz");
  const stream = createReadStream(path);
  const rows = { train: [] as string[], heldOut: [] as string[] };
  let count = 0;
  for await (const line of createInterface({ input: zipped ? stream.pipe(createGunzip()) : stream })) {
    if (line.trim() === "") continue;
    rows[count % HELD_OUT === 0 ? "heldOut" : "train"].push(line);
    count += 1;
  }
  const write = async (part: keyof typeof rows) => {
    const target = join(folder, part, basename(path));
    await mkdir(join(folder, part), { recursive: true });
    const text = `${rows[part].slice(0, limits[part]).join("\n")}\n`;
    await writeFile(target, zipped ? gzipSync(text) : text);
    return target;
  };
  return { train: await write("train"), heldOut: await write("heldOut") };
}
