/** Remembers a ring until somebody waits for it, so that none between two looks is missed. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, or after so many milliseconds without one. */
  rung(withinMs: number): Promise<void>;
}

export function createBell(): Bell {
  let rang = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      rang = true;
      wake?.();
    },
    async rung(withinMs) {
      if (!rang) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, withinMs);
        });
        clearTimeout(timer);
        wake = null;
      }
      rang = false;
    },
  };
}
