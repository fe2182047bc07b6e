import { type StateWords, workStates } from "@/components/ui/state-badge";
import type { BackboneState } from "./views";

export const backboneWords: StateWords<BackboneState> = {
  ...workStates,
  FETCHING: { word: "Fetching", tone: "accent" },
  CHECKING: { word: "Checking", tone: "accent" },
  READY: { word: "Ready", tone: "good" },
  FAILED: { word: "Cannot be used", tone: "bad" },
};
