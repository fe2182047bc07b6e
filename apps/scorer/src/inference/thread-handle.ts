import "@borda/reward-model/quiet";
import { Worker } from "node:worker_threads";
import type { ServingPrecision } from "@borda/reward-model";
import type { Answer, Order, PromptGroup, Score } from "./messages";

/** A batch could not be scored, or a checkpoint not be opened. */
export class InferenceFailed extends Error {
  readonly code = "INFERENCE_FAILED";
  constructor(reason: string) {
    super(`The model failed (${reason}); the request may be sent again.`);
    this.name = "InferenceFailed";
  }
}

export interface ThreadOptions {
  /** The thread's program. */
  readonly program: URL;
  /** Cores that it may compute on. */
  readonly cores: number;
  /** Which of a checkpoint's graphs it runs. */
  readonly precision: ServingPrecision;
  /** It died, and will be replaced. */
  readonly onCrash: (error: unknown) => void;
  /** It can take a batch again. */
  readonly onFree: () => void;
}

type Scored = readonly (readonly Score[])[];
type NewOrder =
  | { type: "open"; checkpoint: string; folder: string; cores: number; precision: ServingPrecision }
  | { type: "close"; checkpoint: string }
  | { type: "score"; checkpoint: string; groups: readonly PromptGroup[] };

const firstWait = 100;
const longestWait = 10_000;
/** A thread that lived this long did not die of its start. */
const steady = 60_000;

/** One thread that scores one batch at a time, with its own sessions of the open checkpoints; replaced when it dies. */
export class ThreadHandle {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, { resolve: (scores: Scored) => void; reject: (error: Error) => void }>();
  /** What its successor will have to open. */
  private readonly folders = new Map<string, string>();
  private number = 0;
  private crashes = 0;
  private startedAt = 0;
  private busy = false;
  private recovering = false;
  private closed = false;

  constructor(private readonly options: ThreadOptions) {
    this.spawn();
  }

  /** Whether a batch may be given to it. */
  get isFree(): boolean {
    return !this.busy && !this.recovering;
  }

  async open(checkpoint: string, folder: string): Promise<void> {
    this.folders.set(checkpoint, folder);
    try {
      await this.load(checkpoint, folder);
    } catch (error) {
      this.folders.delete(checkpoint);
      throw error;
    }
  }

  async close(checkpoint: string): Promise<void> {
    this.folders.delete(checkpoint);
    if (this.worker) await this.order({ type: "close", checkpoint });
  }

  async score(checkpoint: string, groups: readonly PromptGroup[]): Promise<Scored> {
    this.busy = true;
    try {
      return await this.order({ type: "score", checkpoint, groups });
    } finally {
      this.busy = false;
    }
  }

  async end(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
  }

  private async load(checkpoint: string, folder: string): Promise<void> {
    const { cores, precision } = this.options;
    await this.order({ type: "open", checkpoint, folder, cores, precision });
  }

  private order(order: NewOrder): Promise<Scored> {
    const { worker } = this;
    if (!worker) return Promise.reject(new InferenceFailed("its thread is being replaced"));
    const number = this.number++;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      worker.postMessage({ number, ...order } satisfies Order);
    });
  }

  private spawn(): void {
    this.startedAt = Date.now();
    const worker = new Worker(this.options.program);
    this.worker = worker;
    worker.on("message", (answer: Answer) => this.answered(answer));
    worker.on("error", (error) => this.options.onCrash(error));
    worker.on("exit", (code) => this.exited(code));
  }

  private answered(answer: Answer): void {
    const order = this.waiting.get(answer.number);
    this.waiting.delete(answer.number);
    if (answer.ok) order?.resolve(answer.scores);
    else order?.reject(new InferenceFailed(answer.message));
  }

  /** Fails what it was doing, and replaces it: at once the first time, ever later when it goes on dying. */
  private exited(code: number): void {
    this.worker = undefined;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    this.recovering = true;
    for (const { reject } of lost) reject(new InferenceFailed(`its thread ended with code ${code}`));
    if (this.closed) return;
    if (Date.now() - this.startedAt > steady) this.crashes = 0;
    setTimeout(() => void this.recover(), Math.min(firstWait * 2 ** this.crashes, longestWait)).unref();
    this.crashes += 1;
  }

  /** Free again only with every folder open: one that lacks a checkpoint would fail at once, and so take all its batches. */
  private async recover(): Promise<void> {
    if (this.closed) return;
    this.spawn();
    const loading = [...this.folders].map(([checkpoint, folder]) => this.load(checkpoint, folder));
    const failed = (await Promise.allSettled(loading)).find((result) => result.status === "rejected");
    if (!this.worker) return;
    if (failed) {
      this.options.onCrash(failed.reason);
      await this.worker.terminate();
      return;
    }
    this.recovering = false;
    this.options.onFree();
  }
}
