import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { reconcile } from "./reconcile";
import type { Services } from "./services";

const beatEverySeconds = 5;
const reconcileEverySeconds = 30;
const forgetAfterSeconds = 86_400;

/** A worker's sign of life. */
export interface Heart {
  /** The file goes away: who has stopped is not ill. */
  stop(): Promise<void>;
}

/**
 * Every 5 s the worker writes HOME/worker/HOST.json, if it is awake and the database answers: a file older than 30 s is a
 * worker to be restarted (scripts/healthy.mjs looks). A host is a machine or a container; many may share a home. Every
 * 30 s it looks for runs, imports and backbones that lost theirs.
 */
export async function startHeart(services: Services): Promise<Heart> {
  const { database, home, log } = services;
  const folder = join(home, "worker");
  const file = join(folder, `${hostname()}.json`);
  let reconciledAt = Date.now();
  let timer: NodeJS.Timeout;
  let stopped = false;
  await mkdir(folder, { recursive: true });
  await forgetTheDead(folder);
  const beat = async () => {
    try {
      await database.ping();
      if (!stopped) await writeFile(file, `${JSON.stringify({ pid: process.pid, at: new Date().toISOString() })}\n`);
      if (Date.now() - reconciledAt > reconcileEverySeconds * 1000) {
        await reconcile(services);
        reconciledAt = Date.now();
      }
    } catch (error) {
      if (!stopped) log.warn({ err: error }, "heartbeat missed");
    }
    if (!stopped) timer = setTimeout(beat, beatEverySeconds * 1000);
  };
  await beat();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await rm(file, { force: true });
    },
  };
}

/** Removes what hosts left that were killed long ago: each new container has a new name. */
async function forgetTheDead(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another worker may be faster.
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > forgetAfterSeconds * 1000) await rm(path, { force: true });
  }
}
