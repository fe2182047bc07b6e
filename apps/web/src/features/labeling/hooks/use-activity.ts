import { type RefObject, useEffect, useRef } from "react";

/** When the labeler last did anything here (performance.now(), ms), for the clock and the lease. */
export function useActivity(): RefObject<number> {
  const last = useRef(0);
  useEffect(() => {
    last.current = performance.now();
    const note = () => {
      last.current = performance.now();
    };
    const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"] as const;
    for (const event of events) window.addEventListener(event, note, { passive: true });
    return () => {
      for (const event of events) window.removeEventListener(event, note);
    };
  }, []);
  return last;
}
