import { cp, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Flushes a file or a folder's entries to the disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes every file and folder below `folder`, then `folder` itself. */
export async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await flushTree(path);
    else if (entry.isFile()) await flush(path);
  }
  await flush(folder);
}

/** Total bytes of the files below `folder`. */
export async function bytesOf(folder: string, sizeOf: (path: string) => Promise<number>): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await bytesOf(path, sizeOf) : await sizeOf(path);
  }
  return bytes;
}

/**
 * Moves a folder to `target` so that it appears there whole or not at all. Between file systems, where a rename
 * cannot, it is copied to `staging` (beside the target), flushed, renamed, and only then removed at its source.
 */
export async function moveFolder(source: string, target: string, staging: string): Promise<void> {
  await flushTree(source);
  try {
    await rename(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    try {
      await cp(source, staging, { recursive: true, errorOnExist: true });
      await flushTree(staging);
      await rename(staging, target);
    } catch (failure) {
      await rm(staging, { recursive: true, force: true });
      throw failure;
    }
    await rm(source, { recursive: true, force: true });
  }
}
