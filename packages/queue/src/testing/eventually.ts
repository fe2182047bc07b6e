import { setTimeout as pause } from "node:timers/promises";

/** Waits until `look` gives something true, and fails with `what` after `seconds`. */
export async function eventually<T>(what: string, seconds: number, look: () => T | Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(50);
  }
}
