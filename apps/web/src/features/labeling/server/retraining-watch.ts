import type { ProjectId } from "@borda/preferences";
import { considerRetraining, type Queue } from "@borda/queue";
import type { Logger } from "pino";
import { log } from "@/server/log";
import { queue } from "@/server/singletons";

export interface RetrainingWatch {
  /** Says that a project has a new ranking; returns at once. */
  rankingStored(projectId: ProjectId): void;
}

/**
 * Asks the worker to consider retraining, at most once a second per project however fast labelers submit: the first
 * ranking starts the second, the question comes at its end and so sees them all. A labeler never waits for the queue;
 * a question that could not be asked is logged, and the next ranking asks again.
 */
export function createRetrainingWatch(
  queueOf: () => Pick<Queue, "add">,
  logOf: () => Pick<Logger, "error">,
): RetrainingWatch {
  const waiting = new Set<ProjectId>();
  return {
    rankingStored(projectId) {
      if (waiting.has(projectId)) return;
      waiting.add(projectId);
      setTimeout(async () => {
        waiting.delete(projectId);
        try {
          await queueOf().add(considerRetraining, { projectId, because: "new-comparisons" });
        } catch (error) {
          logOf().error({ err: error, projectId }, "retraining was not considered; the next ranking asks again");
        }
      }, 1_000).unref();
    },
  };
}

const held = globalThis as typeof globalThis & { bordaRetraining?: RetrainingWatch };

export function retrainingWatch(): RetrainingWatch {
  held.bordaRetraining ??= createRetrainingWatch(queue, log);
  return held.bordaRetraining;
}
