import { open, rename, writeFile } from "node:fs/promises";

/** Writes a text, whole or in pieces, so that the file is there with all of it on the disk, or as it was before. */
export async function writeWhole(path: string, text: string | AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.writing`;
  const file = await open(temporary, "w");
  try {
    await writeFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
