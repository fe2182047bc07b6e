import type { PromptGroup, Score } from "./messages";
import { ThreadHandle, type ThreadOptions } from "./thread-handle";

export interface PoolOptions extends Pick<ThreadOptions, "program" | "onCrash" | "precision"> {
  readonly threads: number;
  /** Cores that one thread may compute on. */
  readonly coresPerThread: number;
}

/** Threads that score. Each has its own sessions of every open checkpoint. */
export interface Pool {
  /** Opens a checkpoint's folder on every thread. Throws InferenceFailed. */
  open(checkpoint: string, folder: string): Promise<void>;
  close(checkpoint: string): Promise<void>;
  readonly hasFree: boolean;
  /** Scores one batch on a free thread. Call only while hasFree. Throws InferenceFailed. */
  score(checkpoint: string, groups: readonly PromptGroup[]): Promise<readonly (readonly Score[])[]>;
  /** Tells when a thread that died can work again. */
  onRecovery(listener: () => void): void;
  end(): Promise<void>;
}

export function createPool({ threads: count, coresPerThread, program, precision, onCrash }: PoolOptions): Pool {
  let recovered = () => {};
  const threads = Array.from(
    { length: count },
    () => new ThreadHandle({ program, cores: coresPerThread, precision, onCrash, onFree: () => recovered() }),
  );
  return {
    async open(checkpoint, folder) {
      const opened = await Promise.allSettled(threads.map((thread) => thread.open(checkpoint, folder)));
      const failed = opened.find((result) => result.status === "rejected");
      if (!failed) return;
      await Promise.allSettled(threads.map((thread) => thread.close(checkpoint)));
      throw failed.reason;
    },
    async close(checkpoint) {
      await Promise.all(threads.map((thread) => thread.close(checkpoint)));
    },
    get hasFree() {
      return threads.some(({ isFree }) => isFree);
    },
    async score(checkpoint, groups) {
      const thread = threads.find(({ isFree }) => isFree);
      if (!thread) throw new Error("score() is called only while a thread is free");
      return thread.score(checkpoint, groups);
    },
    onRecovery(listener) {
      recovered = listener;
    },
    async end() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
