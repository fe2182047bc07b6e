import { type StateWords, workStates } from "@/components/ui/state-badge";
import type { RunState, RunSummary } from "./views";

/** A run that was told to stop and has not yet. */
type Shown = RunState | "STOPPING";

export const runWords: StateWords<Shown> = {
  ...workStates,
  RUNNING: { word: "Training", tone: "accent" },
  STOPPING: { word: "Stopping", tone: "warn" },
  EVALUATED: { word: "Evaluated", tone: "good" },
  PUBLISHED: { word: "Published", tone: "good" },
};

export function shownState({ state, cancelRequested }: Pick<RunSummary, "state" | "cancelRequested">): Shown {
  return cancelRequested && state === "RUNNING" ? "STOPPING" : state;
}
