import { randomUUID } from "node:crypto";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { readIfPresent } from "./optional-file";

export interface LockOptions {
  /** Milliseconds between two signs of life of the one that has the lock, the same for all that share it. */
  readonly beat: number;
  /** Ends the waiting too. */
  readonly signal?: AbortSignal;
  /** Called at every beat while another has the lock. */
  readonly onWait?: () => Promise<void>;
}

/** Beats without a sign of life after which the one that had the lock was killed. */
const PATIENCE = 16;

/**
 * Runs `work` while no other call, of this process or another, runs under the lock file `path`. The one that has the lock
 * touches the file at every beat, and a waiting one takes over where it has seen none for 16: it counts its own looks,
 * since several containers may share a folder, in which a process id says nothing and a clock may be off. `work`'s signal
 * fires where the caller's does, and where this process stood still for so long that another took over: then `work` is run
 * once more after that one.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = randomUUID();
  try {
    for (;;) {
      await take(path, own, options);
      const lost = new AbortController();
      const beating = setInterval(() => beat(path, own).catch((error) => lost.abort(error)), options.beat);
      try {
        return await work(AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])]));
      } catch (error) {
        options.signal?.throwIfAborted();
        if ((await readIfPresent(path)) === own) throw error;
      } finally {
        clearInterval(beating);
      }
    }
  } finally {
    if ((await readIfPresent(path)) === own) await rm(path, { force: true });
  }
}

async function take(path: string, own: string, { beat, signal, onWait }: LockOptions): Promise<void> {
  const rest = () => pause(beat, undefined, { ...(signal && { signal }) });
  let seen: string | undefined;
  for (let quiet = 0; !(await create(path, own)); quiet++) {
    const sign = await signOfLife(path);
    if (sign !== seen) quiet = 0;
    seen = sign;
    if (quiet >= PATIENCE) {
      await writeFile(path, own);
      await rest(); // of several that took over at once, the last one's name stays
      if ((await readIfPresent(path)) === own) return;
    }
    await onWait?.();
    await rest();
  }
}

async function create(path: string, own: string): Promise<boolean> {
  try {
    await writeFile(path, own, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Throws where the lock is another's. */
async function beat(path: string, own: string): Promise<void> {
  if ((await readFile(path, "utf8")) !== own) throw new Error(`${path} was taken over`);
  const now = new Date();
  await utimes(path, now, now);
}

/** Who has the lock and when it was last touched; nothing where it is free. */
async function signOfLife(path: string): Promise<string | undefined> {
  try {
    return `${await readFile(path, "utf8")} ${(await stat(path)).mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
