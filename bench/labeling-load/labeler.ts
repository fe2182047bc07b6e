import { setTimeout as pause } from "node:timers/promises";
import { Refused } from "../session";

/** A task in a labeler's hand. */
export interface Task {
  readonly id: string;
  readonly completionIds: readonly string[];
}

/** Completion ids, best first, tied inside a list. */
export type Tiers = readonly (readonly string[])[];

/** Someone who ranks at a labeling server, Borda or another. What the server does not take throws Refused. */
export interface Labeler {
  /** The next task to rank; null when nothing is left for this labeler. */
  next(): Promise<Task | null>;
  submit(task: Task, tiers: Tiers): Promise<void>;
  readonly page: LabelingPage;
}

/** What a browser needs to meet the labeling page as this person. */
export interface LabelingPage {
  readonly url: string;
  /** As a Cookie header. */
  readonly cookie: string;
  /** An expression that is true in the page once a completion is shown and can be ranked. */
  readonly ready: string;
}

/** What one or more labelers went through; times in milliseconds. */
export interface Journal {
  readonly next: number[];
  readonly submit: number[];
  /** Requests that ended in an error. */
  readonly failures: string[];
  /** From the first request to the last answer. */
  seconds: number;
}

export interface Pace {
  /** A task begun before they are over is still submitted. */
  readonly seconds: number;
  /** Milliseconds of thought between seeing a task and submitting it. */
  readonly thought: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** All labelers at once, each one task after the other, until the time is over or nothing is left for them. */
export async function labelAll(labelers: readonly Labeler[], pace: Pace): Promise<Journal> {
  const journal: Journal = { next: [], submit: [], failures: [], seconds: 0 };
  const began = performance.now();
  const until = began + pace.seconds * 1000;
  await Promise.all(labelers.map((labeler) => label(labeler, { ...pace, until }, journal)));
  journal.seconds = (performance.now() - began) / 1000;
  return journal;
}

async function label(labeler: Labeler, pace: Pace & { until: number }, journal: Journal): Promise<void> {
  while (performance.now() < pace.until) {
    try {
      const task = await timed(journal.next, () => labeler.next());
      if (!task) return;
      await pause(pace.thought());
      await timed(journal.submit, () => labeler.submit(task, tiersOf(task, pace.random)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      journal.failures.push(error.message);
    }
  }
}

/** A random weak order: every fourth time the first two are tied. */
function tiersOf({ completionIds }: Task, random: () => number): string[][] {
  const ids = [...completionIds];
  for (let i = ids.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [ids[i], ids[j]] = [ids[j]!, ids[i]!];
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
