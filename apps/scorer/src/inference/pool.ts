import { Worker } from "node:worker_threads";
import type { Answer, Order, PromptGroup, Score } from "./messages";

/** A batch could not be scored, or a checkpoint not be opened. */
export class InferenceFailed extends Error {
  readonly code = "INFERENCE_FAILED";
  constructor(reason: string) {
    super(`The model failed (${reason}); the request may be sent again.`);
    this.name = "InferenceFailed";
  }
}

export interface PoolOptions {
  readonly threads: number;
  /** Cores that one thread may compute on. */
  readonly coresPerThread: number;
  /** A thread died; it was replaced. */
  readonly onCrash: (error: unknown) => void;
}

type OrderOf<T extends Order["type"]> = Omit<Extract<Order, { type: T }>, "number">;

/** One thread that scores one batch at a time, with its own sessions of the open checkpoints. */
class Thread {
  private worker: Worker;
  private readonly waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  private readonly folders = new Map<string, string>();
  private number = 0;
  private closed = false;
  /** Whether a batch is on it. */
  busy = false;

  constructor(private readonly options: PoolOptions) {
    this.worker = this.spawn();
  }

  async open(checkpoint: string, folder: string): Promise<void> {
    this.folders.set(checkpoint, folder);
    try {
      await this.order({ type: "open", checkpoint, folder, cores: this.options.coresPerThread });
    } catch (error) {
      this.folders.delete(checkpoint);
      throw error;
    }
  }

  async close(checkpoint: string): Promise<void> {
    this.folders.delete(checkpoint);
    await this.order({ type: "close", checkpoint });
  }

  score(checkpoint: string, groups: readonly PromptGroup[]): Promise<readonly (readonly Score[])[]> {
    return this.order({ type: "score", checkpoint, groups });
  }

  async end(): Promise<void> {
    this.closed = true;
    await this.worker.terminate();
  }

  private order(order: OrderOf<"open"> | OrderOf<"close"> | OrderOf<"score">): Promise<readonly (readonly Score[])[]> {
    const number = this.number++;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, {
        resolve: (answer) => (answer.ok ? resolve(answer.scores) : reject(new InferenceFailed(answer.message))),
        reject,
      });
      this.worker.postMessage({ number, ...order });
    });
  }

  private spawn(): Worker {
    const worker = startThread();
    worker.on("message", (answer: Answer) => {
      this.waiting.get(answer.number)?.resolve(answer);
      this.waiting.delete(answer.number);
    });
    worker.on("error", (error) => this.options.onCrash(error));
    worker.on("exit", (code) => this.replace(code));
    return worker;
  }

  /** A dead thread fails what it was doing; its successor opens the same checkpoints. */
  private replace(code: number): void {
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(new InferenceFailed(`its thread ended with code ${code}`));
    if (this.closed) return;
    this.worker = this.spawn();
    for (const [checkpoint, folder] of this.folders) this.open(checkpoint, folder).catch(this.options.onCrash);
  }
}

/** The bundle's own file, or the source where there is no bundle (tests). */
function startThread(): Worker {
  return import.meta.url.endsWith(".ts")
    ? new Worker(new URL("./thread.ts", import.meta.url), { execArgv: ["--import", "tsx"] })
    : new Worker(new URL("./thread.js", import.meta.url));
}

export interface Pool {
  /** Opens a checkpoint's folder on every thread. Throws InferenceFailed. */
  open(checkpoint: string, folder: string): Promise<void>;
  close(checkpoint: string): Promise<void>;
  readonly hasIdle: boolean;
  /** Scores one batch on an idle thread. Call only while hasIdle. Throws InferenceFailed. */
  score(checkpoint: string, groups: readonly PromptGroup[]): Promise<readonly (readonly Score[])[]>;
  end(): Promise<void>;
}

export function createPool(options: PoolOptions): Pool {
  const threads = Array.from({ length: options.threads }, () => new Thread(options));
  return {
    async open(checkpoint, folder) {
      const opened = await Promise.allSettled(threads.map((thread) => thread.open(checkpoint, folder)));
      const failed = opened.find((result) => result.status === "rejected");
      if (failed) {
        await Promise.all(threads.map((thread) => thread.close(checkpoint)));
        throw failed.reason;
      }
    },
    async close(checkpoint) {
      await Promise.all(threads.map((thread) => thread.close(checkpoint)));
    },
    get hasIdle() {
      return threads.some(({ busy }) => !busy);
    },
    async score(checkpoint, groups) {
      const thread = threads.find(({ busy }) => !busy);
      if (!thread) throw new Error("score() is called only while a thread is idle");
      thread.busy = true;
      try {
        return await thread.score(checkpoint, groups);
      } finally {
        thread.busy = false;
      }
    },
    async end() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
