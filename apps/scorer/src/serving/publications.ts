import type { CheckpointRef, OpenCheckpoints } from "./open-checkpoints";

export interface PublicationsOptions {
  /** The published checkpoint of every project that has one. Throws while the database is down. */
  readonly read: () => Promise<readonly CheckpointRef[]>;
  readonly open: OpenCheckpoints;
  /** Milliseconds between looks at the database: for notifications that were lost. */
  readonly pollMilliseconds?: number;
  readonly onSwitch?: (checkpoint: CheckpointRef) => void;
  /** A look failed, or a published checkpoint cannot be opened; what was served goes on. */
  readonly onError: (error: unknown, doing: string) => void;
}

/** Which checkpoint each project serves, as far as this process knows. */
export interface Publications {
  current(projectId: string): CheckpointRef | undefined;
  /** Whether the database has answered once. */
  readonly known: boolean;
  /** Looks now; returns when what was found is served. */
  refresh(): Promise<void>;
  readonly all: readonly CheckpointRef[];
  close(): void;
}

/**
 * Follows what is published. A project's new checkpoint is opened beside the old one, and takes over when it can
 * score; requests that began on the old one end on it.
 */
export function followPublications(options: PublicationsOptions): Publications {
  const { read, open, pollMilliseconds = 1000, onSwitch, onError } = options;
  const served = new Map<string, CheckpointRef>();
  const broken = new Set<string>();
  let known = false;
  let reachable = true;
  let running: Promise<void> | undefined;
  let again = false;

  async function look(): Promise<void> {
    let published: readonly CheckpointRef[];
    try {
      published = await read();
      reachable = true;
    } catch (error) {
      if (reachable) onError(error, "reading what is published");
      reachable = false;
      return;
    }
    const projects = new Set(published.map(({ projectId }) => projectId));
    for (const projectId of served.keys()) if (!projects.has(projectId)) served.delete(projectId);
    await Promise.all(published.map(takeOver));
    known = true;
  }

  async function takeOver(checkpoint: CheckpointRef): Promise<void> {
    const before = served.get(checkpoint.projectId);
    if (before?.id === checkpoint.id) return;
    try {
      (await open.use(checkpoint)).release();
    } catch (error) {
      if (!broken.has(checkpoint.id)) onError(error, `opening checkpoint ${checkpoint.id}`);
      broken.add(checkpoint.id);
      // Better an honest failure at each request than another project's silence; an old checkpoint goes on serving.
      if (!before) served.set(checkpoint.projectId, checkpoint);
      return;
    }
    broken.delete(checkpoint.id);
    served.set(checkpoint.projectId, checkpoint);
    onSwitch?.(checkpoint);
  }

  /** One look at a time; a wish during a look makes one more after it. */
  function refresh(): Promise<void> {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await look();
      } while (again);
    })().finally(() => {
      running = undefined;
    });
    return running;
  }

  const timer = setInterval(() => void refresh(), pollMilliseconds);
  return {
    current: (projectId) => served.get(projectId),
    get known() {
      return known;
    },
    refresh,
    get all() {
      return [...served.values()];
    },
    close: () => clearInterval(timer),
  };
}
