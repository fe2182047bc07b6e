import type { EvaluationReport, RunEvent } from "@borda/preferences";

/** A run's event as the database keeps it: `id` grows, so that a reader can say where it stopped. */
export interface StoredRunEvent {
  readonly id: number;
  readonly at: Date;
  readonly event: RunEvent;
}

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** What a run's page shows: the newest state and the points of its curves, in order of step. */
export interface RunView {
  /** The newest event seen; one that arrives twice is seen once. */
  readonly lastEventId: number;
  readonly plan: EventOf<"plan"> | null;
  readonly steps: readonly EventOf<"step">[];
  readonly evaluations: readonly { readonly step: number; readonly report: EvaluationReport }[];
  readonly savedStep: number | null;
  readonly log: readonly {
    readonly id: number;
    readonly at: Date;
    readonly level: EventOf<"log">["level"];
    readonly message: string;
  }[];
}

export const emptyRunView: RunView = {
  lastEventId: 0,
  plan: null,
  steps: [],
  evaluations: [],
  savedStep: null,
  log: [],
};

/**
 * The view after more events. A run that was killed goes on from its last saved step and reports the steps after it
 * again: the later report of a step replaces it and everything that was drawn beyond.
 */
export function followRun(view: RunView, events: readonly StoredRunEvent[]): RunView {
  let { plan, savedStep, lastEventId } = view;
  const steps = [...view.steps];
  const evaluations = [...view.evaluations];
  const log = [...view.log];
  for (const { id, at, event } of events) {
    if (id <= lastEventId) continue;
    lastEventId = id;
    switch (event.type) {
      case "plan":
        plan = event;
        break;
      case "step":
        dropFrom(steps, event.step);
        dropFrom(evaluations, event.step);
        steps.push(event);
        break;
      case "evaluation":
        dropFrom(evaluations, event.step);
        evaluations.push({ step: event.step, report: event.report });
        break;
      case "saved":
        savedStep = event.step;
        break;
      case "log":
        log.push({ id, at, level: event.level, message: event.message });
        break;
      default:
        event satisfies never;
    }
  }
  return { lastEventId, plan, steps, evaluations, savedStep, log };
}

function dropFrom(points: { readonly step: number }[], step: number): void {
  while (points.length > 0 && points[points.length - 1]!.step >= step) points.pop();
}

/**
 * Exponential moving average without the bias towards its start (Kingma & Ba 2015, section 3), for a readable loss
 * curve. `memory` in [0, 1) is the weight of the past; 0 returns the values.
 */
export function smooth(values: readonly number[], memory = 0.9): number[] {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    sum = memory * sum + (1 - memory) * value;
    weight = memory * weight + (1 - memory);
    return sum / weight;
  });
}
