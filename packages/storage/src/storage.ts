import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { bytesOf, flush, moveFolder } from "./durable";
import { AlreadyStored, asStorageError, NotStored, TooLarge } from "./errors";
import { checkKey } from "./key";

export interface Stored {
  readonly kind: "file" | "folder";
  /** Of the file, or of all files below the folder. */
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface PutOptions {
  /** Refuses a longer source with TooLarge. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Called after each chunk with the bytes written so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** Bytes `start` to `end`, both counted from 0 and both included; to the end of the file without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** Files and folders by key. Every method throws InvalidKey for a key that is none. */
export interface Storage {
  readonly root: string;
  /**
   * Stores a file whole or not at all: written under a temporary name, flushed, renamed. A file already there is
   * replaced. One chunk is held in memory at a time. Throws StorageFull, TooLarge, the signal's reason, or what the
   * source throws; then the key holds what it held before.
   */
  put(key: string, source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<{ bytes: number; sha256: string }>;
  /** The file's bytes as a stream. Throws NotStored. */
  get(key: string, range?: ByteRange): Promise<Readable>;
  /** What is stored under the key; null if nothing is. */
  stat(key: string): Promise<Stored | null>;
  /** Local path of a stored folder. Throws NotStored. */
  folder(key: string): Promise<string>;
  /**
   * Moves a finished local folder into storage, where it appears whole or not at all. Throws AlreadyStored when the
   * key is taken, NotStored when there is no such folder, StorageFull.
   */
  adopt(folder: string, key: string): Promise<{ bytes: number }>;
  /** Removes a file or folder; false if there was none. */
  remove(key: string): Promise<boolean>;
  /** Removes what writers killed in the middle left behind, if it was not touched for `olderThanSeconds` (a day). */
  sweep(olderThanSeconds?: number): Promise<number>;
}

/** Storage in a local folder, made on first use. Several processes may share it. */
export function createStorage(root: string): Storage {
  const base = resolve(root);
  const pending = join(base, ".pending");
  const pathOf = (key: string) => join(base, ...checkKey(key).split("/"));
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asStorageError(error, base);
    }
  };
  const statOf = (path: string) =>
    stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });

  return {
    root: base,

    put: (key, source, options = {}) =>
      guarded(async () => {
        const target = pathOf(key);
        const temporary = join(pending, randomUUID());
        await mkdir(pending, { recursive: true });
        await mkdir(dirname(target), { recursive: true });
        try {
          const written = await writeFlushed(temporary, source, options);
          await rename(temporary, target);
          await flush(dirname(target));
          return written;
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      }),

    async get(key, range) {
      const handle = await open(pathOf(key), "r").catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" || error.code === "ENOTDIR" ? new NotStored(key) : error;
      });
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        throw new NotStored(key);
      }
      return handle.createReadStream({
        start: range?.start ?? 0,
        ...(range?.end === undefined ? {} : { end: range.end }),
        highWaterMark: 256 * 1024,
      });
    },

    async stat(key) {
      const path = pathOf(key);
      const found = await statOf(path);
      if (!found) return null;
      return found.isDirectory()
        ? {
            kind: "folder",
            bytes: await bytesOf(path, async (file) => (await stat(file)).size),
            modifiedAt: found.mtime,
          }
        : { kind: "file", bytes: found.size, modifiedAt: found.mtime };
    },

    async folder(key) {
      const path = pathOf(key);
      if (!(await statOf(path))?.isDirectory()) throw new NotStored(key);
      return path;
    },

    adopt: (folder, key) =>
      guarded(async () => {
        const target = pathOf(key);
        if (!(await statOf(folder))?.isDirectory()) throw new NotStored(folder);
        if (await statOf(target)) throw new AlreadyStored(key);
        await mkdir(pending, { recursive: true });
        await mkdir(dirname(target), { recursive: true });
        await moveFolder(folder, target, join(pending, randomUUID()));
        await flush(dirname(target));
        return { bytes: await bytesOf(target, async (file) => (await stat(file)).size) };
      }),

    async remove(key) {
      const path = pathOf(key);
      if (!(await statOf(path))) return false;
      // Renamed away first, so that a reader sees all of a folder or none of it.
      const doomed = join(pending, randomUUID());
      await mkdir(pending, { recursive: true });
      await rename(path, doomed);
      await rm(doomed, { recursive: true, force: true });
      return true;
    },

    async sweep(olderThanSeconds = 86_400) {
      const names = (await statOf(pending)) ? await readdir(pending) : [];
      let removed = 0;
      for (const name of names) {
        const path = join(pending, name);
        const found = await statOf(path);
        if (!found || Date.now() - found.mtimeMs < olderThanSeconds * 1000) continue;
        await rm(path, { recursive: true, force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

/** Writes and flushes a new file; its bytes and their SHA-256 in hex. */
async function writeFlushed(path: string, source: AsyncIterable<Uint8Array>, options: PutOptions) {
  const { maxBytes = Number.POSITIVE_INFINITY, signal, onProgress } = options;
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(path, "wx");
  try {
    signal?.throwIfAborted();
    for await (const chunk of source) {
      signal?.throwIfAborted();
      if (bytes + chunk.byteLength > maxBytes) throw new TooLarge(maxBytes);
      await handle.writeFile(chunk);
      hash.update(chunk);
      bytes += chunk.byteLength;
      onProgress?.(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}
