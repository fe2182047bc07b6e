import { Badge, type Tone } from "@/components/ui/badge";
import type { ImportState } from "../views";

const states: Record<ImportState, { word: string; tone: Tone }> = {
  UPLOADED: { word: "Uploaded", tone: "neutral" },
  QUEUED: { word: "Waiting", tone: "neutral" },
  RUNNING: { word: "Reading", tone: "accent" },
  FINISHED: { word: "Finished", tone: "good" },
  CANCELLED: { word: "Cancelled", tone: "warn" },
  FAILED: { word: "Failed", tone: "bad" },
};

export function ImportBadge({ state }: { state: ImportState }) {
  return <Badge tone={states[state].tone}>{states[state].word}</Badge>;
}
