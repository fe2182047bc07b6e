/** How long to wait before the next attempt: doubles with each failure in a row. */
export interface Backoff {
  /** Milliseconds to wait now. `ranFor`: milliseconds since the last start; a long run begins anew. */
  next(ranFor: number): number;
  readonly failures: number;
}

export function createBackoff({ first = 300, longest = 30_000, steady = 60_000 } = {}): Backoff {
  let failures = 0;
  return {
    next(ranFor) {
      if (ranFor >= steady) failures = 0;
      const wait = Math.min(first * 2 ** failures, longest);
      failures += 1;
      return wait;
    },
    get failures() {
      return failures;
    },
  };
}
