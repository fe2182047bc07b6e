/** What a suite came to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Names of what did not run here, with the reason where there is one. */
  readonly skipped: readonly string[];
  /** Names of what failed. */
  readonly failures: readonly string[];
}

/** A suite of tests, or one check of the repository. Whatever it throws counts as one failure. */
export interface Suite {
  readonly name: string;
  /** It waits more than it computes, and goes beside others of its kind: then what it prints is kept until it has ended. */
  readonly beside?: true;
  run(output?: "show" | "keep"): Promise<Outcome>;
}

export const pass: Outcome = { passed: 1, failed: 0, skipped: [], failures: [] };

export function fail(...failures: string[]): Outcome {
  return { passed: 0, failed: failures.length, skipped: [], failures };
}

/** A check that passes when it finds nothing to complain about. */
export function check(name: string, find: () => Promise<readonly string[]> | readonly string[]): Suite {
  return {
    name,
    async run() {
      const found = await find();
      return found.length === 0 ? pass : fail(...found);
    },
  };
}
