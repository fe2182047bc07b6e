import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Session } from "../session";
import type { Labeler, Task, Tiers } from "./labeler";

const TaskView = z.object({
  taskId: z.string(),
  completions: z.array(z.object({ id: z.string(), text: z.string() })).min(2),
});
export const Stored = z.object({ rankingId: z.string(), repeated: z.boolean() });

/** A ranking that Borda confirmed to a labeler. */
export interface Confirmed {
  readonly rankingId: string;
  readonly taskId: string;
  readonly email: string;
  readonly tiers: Tiers;
}

/** A signed-in labeler of a project of Borda. */
export interface BordaLabeler extends Labeler {
  readonly projectId: string;
  readonly session: Session;
  readonly confirmed: readonly Confirmed[];
}

export function bordaLabeler(webUrl: string, projectId: string, email: string, session: Session): BordaLabeler {
  const confirmed: Confirmed[] = [];
  return {
    projectId,
    session,
    confirmed,
    async next(): Promise<Task | null> {
      const task = await session.mutate("labeling.nextTask", { projectId }, TaskView.nullable());
      return task && { id: task.taskId, completionIds: task.completions.map(({ id }) => id) };
    },
    async submit({ id: taskId }, tiers) {
      const input = submission(projectId, taskId, tiers);
      const { rankingId } = await session.mutate("labeling.submitRanking", input, Stored);
      confirmed.push({ rankingId, taskId, email, tiers });
    },
    page: { url: new URL(`/label/${projectId}`, webUrl).href, cookie: session.cookie, ready: cardIsAlive },
  };
}

/** A card is there, and React listens to it. */
const cardIsAlive = `Object.keys(document.querySelector("[data-card]") ?? {}).some((key) => key.startsWith("__reactProps$"))`;

export function submission(projectId: string, taskId: string, tiers: Tiers) {
  return { projectId, taskId, tiers, unacceptableFrom: null, token: randomUUID(), secondsSpent: 1 };
}
