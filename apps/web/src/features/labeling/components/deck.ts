import type { CompletionId } from "@borda/preferences";
import { createContext, useContext } from "react";
import { letterOf } from "../letters";
import type { RankingAction, RankingState } from "../ranking-state";

/** The task on the desk: what is ranked so far, and how to change it. */
export interface Deck {
  readonly state: RankingState;
  readonly act: (action: RankingAction) => void;
  readonly texts: readonly { readonly id: CompletionId; readonly text: string }[];
  /** Nothing may change: the ranking is being stored, or the task went to others. */
  readonly isFrozen: boolean;
}

export const DeckContext = createContext<Deck | null>(null);

export function useDeck(): Deck {
  const deck = useContext(DeckContext);
  if (!deck) throw new Error("useDeck needs a TaskDesk above it.");
  return deck;
}

/** A completion's letter: its place in the order shown. */
export function letterIn({ completions }: Pick<RankingState, "completions">, id: CompletionId): string {
  return letterOf(completions.indexOf(id));
}
