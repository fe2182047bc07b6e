import { type Database, RunLost } from "@borda/database";
import type { RunEvent, RunId } from "@borda/preferences";
import type { Logger } from "pino";

export interface RecorderOptions {
  readonly holder: string;
  readonly log: Logger;
  /** Events are stored together, this often at most. */
  readonly everyMs?: number;
}

/** Stores a run's events in order and in batches; keeps them while the database is away. */
export interface Recorder {
  add(event: RunEvent): void;
  /** Resolves when all are stored. Throws RunLost, and DatabaseUnavailable while it is away. */
  flush(): Promise<void>;
  close(): void;
}

/**
 * A training that resumes tells again what it told between its last save and the kill; steps and evaluations that are
 * stored already are left out, so that each stands once in the run's story.
 */
export function createRecorder(database: Database, runId: RunId, options: RecorderOptions): Recorder {
  const { holder, log, everyMs = 400 } = options;
  let told: ReadonlySet<string> | undefined;
  let waiting: RunEvent[] = [];
  let storing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const store = async () => {
    const batch = waiting;
    if (batch.length === 0) return;
    const known = told ?? (await toldSoFar(database, runId));
    told = known;
    const untold = batch.filter((event) => !known.has(keyOf(event)));
    await database.runs.appendEvents(runId, untold, holder);
    waiting = waiting.slice(batch.length);
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    storing = storing.catch(() => {}).then(store);
    return storing;
  };
  const later = () => {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => {
        if (error instanceof RunLost) return; // the lease tells the training
        log.warn({ runId, err: error, waiting: waiting.length }, "events wait for the database");
        later();
      });
    }, everyMs);
  };
  return {
    add(event) {
      waiting = [...waiting, event];
      later();
    },
    flush,
    close: () => clearTimeout(timer),
  };
}

/** What makes an event the same when it is told again; logs are never the same. */
function keyOf(event: RunEvent): string {
  if (event.type === "plan") return "plan";
  return event.type === "log" ? "" : `${event.type}:${event.step}`;
}

async function toldSoFar(database: Database, runId: RunId): Promise<Set<string>> {
  const told = new Set<string>();
  let after = 0;
  for (;;) {
    const page = await database.runs.events(runId, after);
    for (const { event } of page) if (event.type !== "log") told.add(keyOf(event));
    if (page.length === 0) return told;
    after = page.at(-1)!.id;
  }
}
