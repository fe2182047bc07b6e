import type { Pool } from "../inference/pool";

/** A checkpoint of a project, and the folder's key in storage. */
export interface CheckpointRef {
  readonly id: string;
  readonly projectId: string;
  readonly folderKey: string;
}

/** The right to score with a checkpoint: it stays open until released. */
export interface CheckpointUse {
  readonly checkpoint: CheckpointRef;
  release(): void;
}

interface Entry {
  readonly checkpoint: CheckpointRef;
  readonly opening: Promise<void>;
  uses: number;
}

export interface OpenCheckpoints {
  /** Opens the checkpoint if it is not, and holds it open. Throws what storage or the pool throws. */
  use(checkpoint: CheckpointRef): Promise<CheckpointUse>;
  has(checkpointId: string): boolean;
  readonly all: readonly CheckpointRef[];
}

export interface OpenCheckpointsOptions {
  readonly pool: Pick<Pool, "open" | "close">;
  /** Local path of a checkpoint's folder. */
  readonly folderOf: (folderKey: string) => Promise<string>;
  /** How many stay open for the next request when nobody uses them: the ones used last. */
  readonly kept: number;
  readonly onError: (error: unknown) => void;
}

/** The checkpoints whose sessions stand in memory. Two requests for one checkpoint open it once. */
export function createOpenCheckpoints({ pool, folderOf, kept, onError }: OpenCheckpointsOptions): OpenCheckpoints {
  // A Map keeps the order of insertion: used again means deleted and set again, so the first is the longest unused.
  const entries = new Map<string, Entry>();

  function closeUnused(): void {
    for (const [id, entry] of entries) {
      if (entries.size <= kept) return;
      if (entry.uses > 0) continue;
      entries.delete(id);
      pool.close(id).catch(onError);
    }
  }

  function entryOf(checkpoint: CheckpointRef): Entry {
    const found = entries.get(checkpoint.id);
    const entry = found ?? {
      checkpoint,
      uses: 0,
      opening: folderOf(checkpoint.folderKey).then((folder) => pool.open(checkpoint.id, folder)),
    };
    entries.delete(checkpoint.id);
    entries.set(checkpoint.id, entry);
    return entry;
  }

  return {
    async use(checkpoint) {
      const entry = entryOf(checkpoint);
      entry.uses += 1;
      closeUnused();
      const release = once(() => {
        entry.uses -= 1;
        closeUnused();
      });
      try {
        await entry.opening;
      } catch (error) {
        // The next request tries again: the folder may have been restored meanwhile.
        if (entries.get(checkpoint.id) === entry) entries.delete(checkpoint.id);
        release();
        throw error;
      }
      return { checkpoint, release };
    },
    has: (checkpointId) => entries.has(checkpointId),
    get all() {
      return [...entries.values()].map(({ checkpoint }) => checkpoint);
    },
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
