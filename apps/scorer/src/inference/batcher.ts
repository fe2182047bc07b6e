import { FairQueue } from "./fair-queue";
import type { PromptGroup, Score } from "./messages";
import type { Pool } from "./pool";

/** One group of a request, on its way through a batch. */
interface Piece {
  readonly checkpoint: string;
  readonly group: PromptGroup;
  /** About how many tokens the model will read. */
  readonly cost: number;
  readonly request: Pending;
  readonly index: number;
}

interface Pending {
  readonly scores: (readonly Score[])[];
  left: number;
  settled: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export interface BatcherOptions {
  /** About how many tokens one batch may hold; it always holds at least one group. */
  readonly batchTokens?: number;
  /** Told of each batch when it is done. */
  readonly onBatch?: (batch: { groups: number; completions: number; seconds: number }) => void;
}

export interface ScoreOrder {
  readonly caller: string;
  readonly checkpoint: string;
  readonly groups: readonly PromptGroup[];
  /** The caller hung up: what waits is forgotten. */
  readonly signal?: AbortSignal;
}

export interface Batcher {
  /** Scores of each completion of each group, in order. Throws InferenceFailed, or the signal's reason. */
  score(order: ScoreOrder): Promise<readonly (readonly Score[])[]>;
  /** Groups that wait for their batch. */
  readonly waiting: number;
  /** Groups of one caller that wait. */
  waitingOf(caller: string): number;
}

/** Small batches keep everybody's wait short, and on a CPU a larger one is hardly faster. */
const usualBatchTokens = 4096;
const charactersPerToken = 4;

/**
 * Scores groups of all requests in common batches: whenever a thread is free it takes what waits, in the fair queue's
 * turn, up to the batch's size. Nothing waits for a batch to fill.
 */
export function createBatcher(pool: Pool, { batchTokens = usualBatchTokens, onBatch }: BatcherOptions = {}): Batcher {
  const queue = new FairQueue<Piece>();

  function dispatch(): void {
    while (pool.hasFree) {
      const first = queue.peek();
      if (!first) return;
      let tokens = 0;
      const batch = queue.take(({ checkpoint, cost }) => {
        if (checkpoint !== first.checkpoint || (tokens > 0 && tokens + cost > batchTokens)) return false;
        tokens += cost;
        return true;
      });
      void run(first.checkpoint, batch);
    }
  }

  async function run(checkpoint: string, batch: readonly Piece[]): Promise<void> {
    const began = performance.now();
    try {
      const scores = await pool.score(
        checkpoint,
        batch.map(({ group }) => group),
      );
      for (const [at, { request, index }] of batch.entries()) settle(request, index, scores[at] ?? []);
    } catch (error) {
      for (const { request } of batch) fail(request, error);
    }
    onBatch?.({
      groups: batch.length,
      completions: batch.reduce((sum, { group }) => sum + group.completions.length, 0),
      seconds: (performance.now() - began) / 1000,
    });
    dispatch();
  }

  function settle(request: Pending, index: number, scores: readonly Score[]): void {
    request.scores[index] = scores;
    request.left -= 1;
    if (request.left === 0 && !request.settled) {
      request.settled = true;
      request.resolve();
    }
  }

  function fail(request: Pending, error: unknown): void {
    if (request.settled) return;
    request.settled = true;
    queue.cancel(request);
    request.reject(error);
  }

  pool.onRecovery(dispatch);
  return {
    score({ caller, checkpoint, groups, signal }) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const hangUp = () => fail(request, signal?.reason);
        const request: Pending = {
          scores: [],
          left: groups.length,
          settled: false,
          resolve: () => {
            signal?.removeEventListener("abort", hangUp);
            resolve(request.scores);
          },
          reject: (error) => {
            signal?.removeEventListener("abort", hangUp);
            reject(error);
          },
        };
        signal?.addEventListener("abort", hangUp, { once: true });
        const pieces = groups.map((group, index) => ({ checkpoint, group, cost: costOf(group), request, index }));
        queue.add(caller, request, pieces);
        dispatch();
      });
    },
    get waiting() {
      return queue.size;
    },
    waitingOf: (caller) => queue.sizeOf(caller),
  };
}

function costOf({ prompt, completions }: PromptGroup): number {
  const promptLength =
    typeof prompt === "string" ? prompt.length : prompt.reduce((sum, { content }) => sum + content.length, 0);
  const characters = completions.reduce((sum, completion) => sum + completion.length + promptLength, 0);
  return Math.ceil(characters / charactersPerToken) + completions.length;
}
