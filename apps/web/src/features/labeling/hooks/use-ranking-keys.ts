import { useEffect, useEffectEvent } from "react";
import { type KeyMeaning, meaningOf } from "../keys";
import type { RankingState } from "../ranking-state";

/** Listens to the table of keys wherever the focus is, except where somebody types or a dialog or menu is open. */
export function useRankingKeys(state: RankingState, onMeaning: (meaning: KeyMeaning) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || isTaken(event)) return;
    const meaning = meaningOf(event, state);
    if (!meaning) return;
    event.preventDefault();
    onMeaning(meaning);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** Whether the key belongs to what has the focus. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")) return true;
  // Space presses the button that has the focus.
  return key === " " && target.closest("button, a, summary") !== null;
}
