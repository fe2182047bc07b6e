import { type RefObject, useLayoutEffect, useRef } from "react";
import type { RankingState } from "../ranking-state";

/**
 * The completion in focus has the browser's focus too, wherever it moves, and is in sight; not while a dialog is open.
 * Call it before useFlight: a card in flight is measured where it comes from.
 */
export function useFocusedCard(
  root: RefObject<HTMLElement | null>,
  { focused, ranking }: Pick<RankingState, "focused" | "ranking">,
  isDialogOpen: boolean,
): void {
  const drawn = useRef(ranking);
  useLayoutEffect(() => {
    const hasMoved = drawn.current !== ranking;
    drawn.current = ranking;
    if (focused === null || isDialogOpen) return;
    const card = root.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(focused)}"]`);
    if (!card) return;
    const hasFocus = card.contains(document.activeElement);
    // Focused by a click where it stands: nothing may jump under the pointer.
    if (hasFocus && !hasMoved) return;
    if (!hasFocus) card.focus({ preventScroll: true });
    const isTall = card.offsetHeight > window.innerHeight / 2;
    card.scrollIntoView({ block: isTall ? "start" : "nearest" });
  }, [root, focused, ranking, isDialogOpen]);
}
