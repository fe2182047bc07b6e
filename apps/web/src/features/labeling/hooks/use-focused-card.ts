import { type RefObject, useEffect } from "react";
import type { RankingState } from "../ranking-state";

/** The completion in focus has the browser's focus too, wherever it moves, and is in sight; not while a dialog is open. */
export function useFocusedCard(
  root: RefObject<HTMLElement | null>,
  { focused, ranking }: Pick<RankingState, "focused" | "ranking">,
  isDialogOpen: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a card that moved is another element, and needs the focus again.
  useEffect(() => {
    if (focused === null || isDialogOpen) return;
    const card = root.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(focused)}"]`);
    if (!card || card.contains(document.activeElement)) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [root, focused, ranking, isDialogOpen]);
}
