import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Session } from "../session";

const Task = z.object({
  taskId: z.string(),
  completions: z.array(z.object({ id: z.string(), text: z.string() })).min(2),
});
export type Task = z.infer<typeof Task>;
export const Stored = z.object({ rankingId: z.string(), repeated: z.boolean() });

/** A ranking that the server confirmed to a labeler. */
export interface Confirmed {
  readonly rankingId: string;
  readonly taskId: string;
  readonly email: string;
  readonly tiers: readonly (readonly string[])[];
}

/** What one or more labelers went through; times in milliseconds. */
export interface Journal {
  readonly next: number[];
  readonly submit: number[];
  readonly confirmed: Confirmed[];
}

export interface Labeler {
  readonly email: string;
  readonly session: Session;
  readonly projectId: string;
}

export interface Pace {
  /** Ends the work: a task begun before it is still submitted. */
  readonly until: number;
  /** Milliseconds of thought between seeing a task and submitting it. */
  readonly thought: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function nextTask({ session, projectId }: Labeler): Promise<Task | null> {
  return session.mutate("labeling.nextTask", { projectId }, Task.nullable());
}

export function submission(projectId: string, taskId: string, tiers: readonly (readonly string[])[]) {
  return { projectId, taskId, tiers, unacceptableFrom: null, token: randomUUID(), secondsSpent: 1 };
}

/** Ranks one task after the other, until the time is over or nothing is left. */
export async function work(labeler: Labeler, pace: Pace, journal: Journal): Promise<void> {
  while (Date.now() < pace.until) {
    const task = await timed(journal.next, () => nextTask(labeler));
    if (!task) return;
    await pause(pace.thought());
    const tiers = tiersOf(task, pace.random);
    const input = submission(labeler.projectId, task.taskId, tiers);
    const { rankingId } = await timed(journal.submit, () =>
      labeler.session.mutate("labeling.submitRanking", input, Stored),
    );
    journal.confirmed.push({ rankingId, taskId: task.taskId, email: labeler.email, tiers });
  }
}

/** A random weak order: every fourth time the first two are tied. */
function tiersOf({ completions }: Task, random: () => number): string[][] {
  const ids = completions.map(({ id }) => id);
  for (let i = ids.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [ids[i], ids[j]] = [ids[j] as string, ids[i] as string];
  }
  const tiers = ids.map((id) => [id]);
  return random() < 0.25 ? [tiers.slice(0, 2).flat(), ...tiers.slice(2)] : tiers;
}

async function timed<T>(times: number[], act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  times.push(performance.now() - began);
  return result;
}
