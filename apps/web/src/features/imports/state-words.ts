import { type StateWords, workStates } from "@/components/ui/state-badge";
import type { ImportState } from "./views";

export const importWords: StateWords<ImportState> = {
  ...workStates,
  UPLOADED: { word: "Uploaded", tone: "neutral" },
  RUNNING: { word: "Reading", tone: "accent" },
  FINISHED: { word: "Finished", tone: "good" },
};
