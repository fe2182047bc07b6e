import { statfs } from "node:fs/promises";
import { Refusal } from "./checkout.mjs";

/**
 * Refuses to begin what the disk has no room for.
 * @param {string} folder an existing folder on the disk in question
 * @param {number} bytes wanted
 * @param {string} purpose as in "installing Borda's packages needs ..."
 * @param {(folder: string) => Promise<number>} free bytes that may still be written there
 * @returns {Promise<void>}
 */
export async function requireSpace(folder, bytes, purpose, free = freeBytes) {
  const left = await free(folder);
  if (left < bytes) throw diskFull(folder, `${purpose} needs ${megabytes(bytes)} and ${megabytes(left)} are left`);
}

/**
 * @param {string} folder
 * @param {string} why
 * @returns {Refusal}
 */
export function diskFull(folder, why) {
  return new Refusal("DISK_FULL", `The disk that holds ${folder} is full (${why}): free some space and start again.`);
}

/** @param {string} folder @returns {Promise<number>} */
async function freeBytes(folder) {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @param {number} bytes @returns {string} */
function megabytes(bytes) {
  return `${Math.floor(bytes / 2 ** 20)} MB`;
}
