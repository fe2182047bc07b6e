import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

// Signatures and sizes of APPNOTE.TXT 6.3 (PKWARE), sections 4.3.7, 4.3.12 and 4.3.16.
const localHeader = { signature: 0x04034b50, bytes: 30 };
const centralHeader = { signature: 0x02014b50, bytes: 46 };
const end = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const [stored, deflated] = [0, 8];

/**
 * Unpacks the members of a zip archive (a Python wheel is one) for which `target` names a file below `folder`. Archives
 * and members up to 4 GB.
 * @param {string} archive
 * @param {string} folder
 * @param {(member: string) => string | undefined} target
 * @returns {Promise<string[]>} the files written
 */
export async function unpack(archive, folder, target) {
  const file = await open(archive);
  try {
    /** @type {string[]} */
    const written = [];
    for (const { name, method, offset, compressed } of await members(file)) {
      const to = target(name);
      if (to === undefined) continue;
      if (method !== stored && method !== deflated)
        throw new Error(`${name} is packed by a method that is unknown here`);
      const header = await read(file, offset, localHeader.bytes);
      if (header.readUInt32LE(0) !== localHeader.signature) throw new Error(`${archive} is damaged at ${name}`);
      const start = offset + localHeader.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
      const path = join(folder, to);
      mkdirSync(dirname(path), { recursive: true });
      await pipeline(
        createReadStream(archive, { start, end: start + compressed - 1, highWaterMark: 2 ** 20 }),
        method === deflated ? createInflateRaw({ chunkSize: 2 ** 20 }) : new PassThrough(),
        createWriteStream(path),
      );
      written.push(to);
    }
    return written;
  } finally {
    await file.close();
  }
}

/** The central directory. @param {import("node:fs/promises").FileHandle} file */
async function members(file) {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, end.bytes + end.longestComment);
  const tail = await read(file, size - tailBytes, tailBytes);
  let at = tailBytes - end.bytes;
  while (at >= 0 && tail.readUInt32LE(at) !== end.signature) at -= 1;
  if (at < 0) throw new Error("this is no zip archive");
  const directory = await read(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  const found = [];
  for (let from = 0; from < directory.length; ) {
    if (directory.readUInt32LE(from) !== centralHeader.signature) throw new Error("the archive's directory is damaged");
    const nameBytes = directory.readUInt16LE(from + 28);
    const nameAt = from + centralHeader.bytes;
    found.push({
      name: directory.toString("utf8", nameAt, nameAt + nameBytes),
      method: directory.readUInt16LE(from + 10),
      compressed: directory.readUInt32LE(from + 20),
      offset: directory.readUInt32LE(from + 42),
    });
    from = nameAt + nameBytes + directory.readUInt16LE(from + 30) + directory.readUInt16LE(from + 32);
  }
  return found;
}

/** @param {import("node:fs/promises").FileHandle} file @param {number} position @param {number} length */
async function read(file, position, length) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error("the archive ends too early");
  return buffer;
}
