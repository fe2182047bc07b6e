import { type Database, RunLost } from "@borda/database";
import type { RunId } from "@borda/preferences";
import type { Logger } from "pino";
import { isOutage } from "../outage";

/** Somebody asked for the run to end. */
export class CancelRequested extends Error {
  constructor() {
    super("The run was cancelled.");
    this.name = "CancelRequested";
  }
}

export interface LeaseOptions {
  readonly holder: string;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly log: Logger;
}

/** A run that this delivery, and no other, works on. */
export interface Lease {
  /** Aborts with CancelRequested, or with RunLost once another may have taken the run. */
  readonly signal: AbortSignal;
  /** Lets the next delivery have it at once; for one that stopped in the middle. */
  release(): Promise<void>;
  /** Prolongs it no more; for a run that has ended. */
  end(): void;
}

/**
 * Prolongs the lease of a claimed run until it is released. While the database is away it goes on, but no longer than the
 * lease lasts (less a heartbeat, to have stopped by then): after that another worker may have the run.
 */
export function holdLease(database: Database, runId: RunId, options: LeaseOptions): Lease {
  const { holder, leaseSeconds, heartbeatSeconds, log } = options;
  const lost = new AbortController();
  let prolongedAt = performance.now();
  let over = false;
  let timer: NodeJS.Timeout;

  const beat = async () => {
    const askedAt = performance.now();
    try {
      const { cancelRequested } = await database.runs.heartbeat(runId, holder, leaseSeconds);
      prolongedAt = askedAt;
      if (cancelRequested) lost.abort(new CancelRequested());
    } catch (error) {
      if (error instanceof RunLost) lost.abort(error);
      else if (!over)
        log.warn({ runId, err: error }, isOutage(error) ? "the lease waits for the database" : "heartbeat failed");
    }
    if (performance.now() - prolongedAt > (leaseSeconds - 2 * heartbeatSeconds) * 1000) lost.abort(new RunLost(runId));
    if (!over && !lost.signal.aborted) timer = setTimeout(beat, heartbeatSeconds * 1000);
  };
  timer = setTimeout(beat, heartbeatSeconds * 1000);
  const end = () => {
    over = true;
    clearTimeout(timer);
  };
  return {
    signal: lost.signal,
    end,
    async release() {
      end();
      await database.runs.heartbeat(runId, holder, 0).catch((error: unknown) => {
        // Then it lapses by itself.
        if (!(error instanceof RunLost)) log.warn({ runId, err: error }, "the lease could not be given back");
      });
    },
  };
}
