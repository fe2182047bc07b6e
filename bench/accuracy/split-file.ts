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

/**
 * The rows of a JSON Lines file, gzipped or not, as two files of the same name, which is what formats are told by: every
 * fifth row is held out, and of the others the first `limit` are trained on.
 */
export async function splitFile(path: string, folder: string, limit: number): Promise<SplitFile> {
  const zipped = path.endsWith(".gz");
  const stream = createReadStream(path);
  const rows = { train: [] as string[], heldOut: [] as string[] };
  let count = 0;
  for await (const line of createInterface({ input: zipped ? stream.pipe(createGunzip()) : stream })) {
    if (line.trim() === "") continue;
    if (count % HELD_OUT === 0) rows.heldOut.push(line);
    else if (rows.train.length < limit) rows.train.push(line);
    count += 1;
  }
  const write = async (part: keyof typeof rows) => {
    const target = join(folder, part, basename(path));
    await mkdir(join(folder, part), { recursive: true });
    const text = `${rows[part].join("\n")}\n`;
    await writeFile(target, zipped ? gzipSync(text) : text);
    return target;
  };
  return { train: await write("train"), heldOut: await write("heldOut") };
}
