import { ImportId, ProjectId, RunId } from "@borda/preferences";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createQueue, createWorkers, type Handlers, type Queue, type WorkerEvent, type Workers } from "../src";
import type { Store } from "../src/testing";

/** A store of jobs under test: its producer, and workers that are closed after each test. */
export interface Lane {
  readonly store: Store;
  readonly queue: Queue;
  /** What the workers of this test said. */
  readonly seen: WorkerEvent[];
  /** A worker whose other handlers do nothing, once it serves. */
  work(handlers: Partial<Handlers>): Promise<Workers>;
}

/** Starts the store before the tests of this block and ends it after them. */
export function openLane(start: () => Promise<Store>): Lane {
  let store: Store;
  let queue: Queue;
  const working: Workers[] = [];
  const seen: WorkerEvent[] = [];
  beforeAll(async () => {
    store = await start();
    queue = createQueue(store.connection);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(working.splice(0).map((workers) => workers.close()));
    seen.length = 0;
  });
  afterAll(async () => {
    await queue?.close();
    await store?.stop();
  });
  return {
    get store() {
      return store;
    },
    get queue() {
      return queue;
    },
    seen,
    async work(handlers) {
      const onEvent = (event: WorkerEvent) => void seen.push(event);
      const workers = createWorkers({ ...store.connection, services: {}, handlers: { ...idle, ...handlers }, onEvent });
      working.push(workers);
      await workers.ready;
      return workers;
    },
  };
}

/** Handlers that do nothing. */
export const idle: Handlers = {
  "import-file": async () => {},
  "prepare-backbone": async () => {},
  "train-reward-model": async () => {},
  "consider-retraining": async () => {},
};

let count = 0;
export const newRun = () => ({ runId: RunId.parse(`run-${++count}`) });
export const newImport = () => ({ importId: ImportId.parse(`import-${++count}`) });
export const newProject = () => ProjectId.parse(`project-${++count}`);

/** A promise, and what fulfils it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
