import { setTimeout as pause } from "node:timers/promises";
import { DatabaseUnavailable } from "@borda/database";
import { QueueUnreachable } from "@borda/queue";

/** Whether the error says that Postgres or Redis is away: it is nobody's failure, and doing the same again later is right. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || error instanceof QueueUnreachable;
}

/** Does idempotent work again and again while the database or the queue is away. Throws the signal's reason. */
export async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error)) throw error;
      signal.throwIfAborted();
      await pause(1000);
    }
  }
}
