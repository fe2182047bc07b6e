import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { HubUnreachable } from "./errors";

export interface DownloadOptions {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Hash of the whole file in hex, checked where given. */
  readonly sha256?: string;
  readonly token?: string;
  readonly signal?: AbortSignal;
  readonly retryDelay: number;
  readonly onBytes?: (bytes: number) => void;
}

/** The server answers that this file is not for the one who asks. */
export class DownloadRefused extends Error {
  constructor(
    url: string,
    /** HTTP's: 401, 403, 404, ... */
    readonly status: number,
  ) {
    super(`${url} answers ${status}`);
    this.name = "DownloadRefused";
  }
}

/** Attempts in a row that bring not one byte before a download is given up. */
const FRUITLESS = 4;

/**
 * Fetches a file to `path`, which appears whole or not at all. What has arrived stays beside it as PATH.part, and a broken
 * connection or a later call goes on from there. Throws DownloadRefused where the server refuses, what fetch throws where it
 * stays silent, and HubUnreachable where what came is not what was announced.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  if ((await sizeOf(path)) === options.size) return;
  const part = `${path}.part`;
  for (let fruitless = 0; (await sizeOf(part)) < options.size; ) {
    const before = await sizeOf(part);
    try {
      await fetchRest(url, part, before, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof DownloadRefused) throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless === FRUITLESS) throw error;
      await pause(options.retryDelay * 2 ** fruitless, undefined, {
        ...(options.signal && { signal: options.signal }),
      });
    }
  }
  await verify(url, part, options);
  await rename(part, path);
}

async function fetchRest(url: string, part: string, from: number, options: DownloadOptions): Promise<void> {
  const response = await fetch(url, {
    headers: {
      ...(from > 0 && { Range: `bytes=${from}-` }),
      ...(options.token !== undefined && { Authorization: `Bearer ${options.token}` }),
    },
    ...(options.signal && { signal: options.signal }),
  });
  if (response.status >= 400 && response.status < 500) throw new DownloadRefused(url, response.status);
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const goesOn = from > 0 && response.status === 206;
  // Each byte goes to its place: one that stood still until another took over writes only what that one writes.
  const file = await open(part, constants.O_CREAT | constants.O_WRONLY);
  try {
    let bytes = goesOn ? from : 0;
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      await writeAt(file, next.value, bytes);
      bytes += next.value.length;
      options.onBytes?.(bytes);
      options.signal?.throwIfAborted(); // a read that begins after the abort would wait for ever
    }
    await file.sync();
    if (bytes < options.size) throw new Error(`${url} ends after ${bytes} of ${options.size} bytes`);
  } finally {
    await file.close();
  }
}

async function writeAt(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; )
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
}

async function verify(url: string, part: string, { size, sha256 }: DownloadOptions): Promise<void> {
  const actual = await sizeOf(part);
  const hash = createHash("sha256");
  if (sha256) for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
  if (actual === size && (!sha256 || hash.digest("hex") === sha256)) return;
  await rm(part);
  throw new HubUnreachable(`${url} came damaged (${actual} bytes of ${size}, or another hash)`, "try again");
}

/** Bytes of a file that are there, the whole of it or its beginning. */
export async function arrivedOf(path: string): Promise<number> {
  return (await sizeOf(path)) || sizeOf(`${path}.part`);
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
