import { type RefObject, useCallback, useLayoutEffect, useRef } from "react";

/**
 * Lets cards fly from their old place to their new one, so that the eye keeps them: call the returned function right
 * before a change. Cards carry data-card with their id. Nothing flies for those who asked for less motion.
 */
export function useFlight(root: RefObject<HTMLElement | null>, change: unknown): () => void {
  const before = useRef<Map<string, DOMRect> | null>(null);
  const takeOff = useCallback(() => {
    before.current = new Map(cardsIn(root.current).map((card) => [card.dataset.card!, card.getBoundingClientRect()]));
  }, [root]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs exactly when the ranking has changed.
  useLayoutEffect(() => {
    const from = before.current;
    before.current = null;
    if (!from || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const card of cardsIn(root.current)) {
      const [old, now] = [from.get(card.dataset.card!), card.getBoundingClientRect()];
      if (!old || old.width === 0 || now.width === 0) continue;
      const [x, y] = [old.left - now.left, old.top - now.top];
      if (Math.abs(x) + Math.abs(y) < 2) continue;
      card.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
        duration: 160,
        easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
      });
    }
  }, [root, change]);
  return takeOff;
}

function cardsIn(root: HTMLElement | null): HTMLElement[] {
  return root ? [...root.querySelectorAll<HTMLElement>("[data-card]")] : [];
}
