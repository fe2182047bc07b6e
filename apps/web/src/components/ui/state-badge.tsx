import { Badge, type Tone } from "./badge";

/** How each state of something is said; a state without its word does not compile. */
export type StateWords<State extends string> = Readonly<Record<State, { readonly word: string; readonly tone: Tone }>>;

/** The states that whatever a worker does may be in, said alike everywhere. */
export const workStates = {
  QUEUED: { word: "Waiting", tone: "neutral" },
  CANCELLED: { word: "Cancelled", tone: "warn" },
  FAILED: { word: "Failed", tone: "bad" },
} as const satisfies StateWords<string>;

/** The state of something that goes on by itself: a run, an import, a backbone. */
export function StateBadge<State extends string>({ words, state }: { words: StateWords<State>; state: State }) {
  const { word, tone } = words[state];
  return <Badge tone={tone}>{word}</Badge>;
}
