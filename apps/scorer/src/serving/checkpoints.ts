import { DatabaseUnavailable, NotFound } from "@borda/database";
import { ScoringFailure } from "../http/errors";
import type { CheckpointRef, CheckpointUse, OpenCheckpoints } from "./open-checkpoints";
import type { Publications } from "./publications";

export interface CheckpointsOptions {
  readonly publications: Publications;
  readonly open: OpenCheckpoints;
  /** Throws NotFound. A checkpoint never changes, so what was read once is remembered. */
  readonly read: (checkpointId: string) => Promise<CheckpointRef>;
}

export interface Checkpoints {
  /**
   * The checkpoint that a request of this project is scored with, held open: the pinned one, or the published one.
   * Throws ScoringFailure: unknown_checkpoint, foreign_checkpoint, nothing_published, database_unavailable.
   */
  use(projectId: string, pinned: string | undefined): Promise<CheckpointUse>;
}

const mostRemembered = 1000;

export function createCheckpoints({ publications, open, read }: CheckpointsOptions): Checkpoints {
  const remembered = new Map<string, CheckpointRef>();

  async function find(checkpointId: string): Promise<CheckpointRef> {
    const known = remembered.get(checkpointId);
    if (known) return known;
    try {
      const found = await read(checkpointId);
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(checkpointId, found);
      return found;
    } catch (error) {
      if (error instanceof NotFound) {
        throw new ScoringFailure(
          "unknown_checkpoint",
          `There is no checkpoint ${checkpointId}: take an id from the project's Checkpoints page, or leave it out.`,
        );
      }
      if (error instanceof DatabaseUnavailable) throw databaseUnavailable();
      throw error;
    }
  }

  function published(projectId: string): CheckpointRef {
    const current = publications.current(projectId);
    if (current) return current;
    if (!publications.known) throw databaseUnavailable();
    throw new ScoringFailure(
      "nothing_published",
      "This project has published no checkpoint yet: train one and publish it, then send the request again.",
      { retryAfterSeconds: 5 },
    );
  }

  return {
    async use(projectId, pinned) {
      const current = publications.current(projectId);
      if (pinned === undefined || pinned === current?.id) return open.use(published(projectId));
      const checkpoint = await find(pinned);
      if (checkpoint.projectId !== projectId) {
        throw new ScoringFailure(
          "foreign_checkpoint",
          `Checkpoint ${pinned} belongs to another project: use a key of that project.`,
        );
      }
      return open.use(checkpoint);
    },
  };
}

function databaseUnavailable(): ScoringFailure {
  return new ScoringFailure("database_unavailable", "The database does not answer: try again in a moment.", {
    retryAfterSeconds: 2,
  });
}
