import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Takes the lock file `path` for this process, or says which living process has it. A lock whose process is gone
 * (killed, or before a restart of the machine) is taken over.
 * @param {string} path
 * @returns {{ release: () => void } | { heldBy: number }}
 */
export function takeLock(path) {
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    for (;;) {
      try {
        // A hard link appears with its content, or fails when the name is taken.
        linkSync(draft, path);
        return { release: () => release(path, own) };
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const holder = readHolder(path);
      if (holder === undefined) continue;
      if (isAlive(holder)) return { heldBy: holder.pid };
      discard(path, holder.text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock only while it is ours. @param {string} path @param {string} own */
function release(path, own) {
  if (readHolder(path)?.text === own) rmSync(path, { force: true });
}

/**
 * Moves a stale lock aside; one that another process renewed meanwhile is put back.
 * @param {string} path @param {string} text
 */
function discard(path, text) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  try {
    if (readFileSync(aside, "utf8") !== text) linkSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {string} path @returns {{ pid: number, started: string, text: string } | undefined} */
function readHolder(path) {
  try {
    const text = readFileSync(path, "utf8");
    return { ...JSON.parse(text), text };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Whether the very process is still there: a number alone may have been given to another one since.
 * @param {{ pid: number, started: string }} process
 * @returns {boolean}
 */
export function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  return startOf(pid) === started;
}

/**
 * When a process started, in whatever words its system has; empty when it is gone or a zombie.
 * @param {number} pid
 * @returns {string}
 */
export function startOf(pid) {
  try {
    if (process.platform === "linux") {
      // proc(5): the second field is a name in brackets that may hold spaces; state is the third, start the 22nd.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return fields[0] === "Z" ? "" : `${fields[19]}@${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
    }
    if (process.platform === "win32") return "running";
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** @param {unknown} error @returns {string | undefined} */
function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
