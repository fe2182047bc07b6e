import { Badge, type Tone } from "@/components/ui/badge";
import type { RunState } from "../views";

const states: Record<RunState, { word: string; tone: Tone }> = {
  QUEUED: { word: "Waiting", tone: "neutral" },
  RUNNING: { word: "Training", tone: "accent" },
  EVALUATED: { word: "Evaluated", tone: "good" },
  PUBLISHED: { word: "Published", tone: "good" },
  CANCELLED: { word: "Cancelled", tone: "warn" },
  FAILED: { word: "Failed", tone: "bad" },
};

export function RunBadge({ state, cancelling = false }: { state: RunState; cancelling?: boolean }) {
  if (cancelling && state === "RUNNING") return <Badge tone="warn">Stopping</Badge>;
  return <Badge tone={states[state].tone}>{states[state].word}</Badge>;
}
