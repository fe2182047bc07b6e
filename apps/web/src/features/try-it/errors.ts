/** The scorer did not answer, or not as agreed. */
export class ScorerUnavailable extends Error {
  readonly code = "SCORER_UNAVAILABLE";
  constructor(scorerUrl: string, reason: string, options?: ErrorOptions) {
    super(
      `The scorer at ${scorerUrl} ${reason}. Check that it runs and that BORDA_SCORER_URL and BORDA_INTERNAL_TOKEN are right.`,
      options,
    );
    this.name = "ScorerUnavailable";
  }
}

export class NothingPublished extends Error {
  readonly code = "NOTHING_PUBLISHED";
  constructor() {
    super("Nothing is published in this project yet. Train a reward model and publish its checkpoint first.");
    this.name = "NothingPublished";
  }
}

/** The scorer refused the request itself; its message says what to change. */
export class TrialRefused extends Error {
  readonly code = "TRIAL_REFUSED";
  constructor(message: string) {
    super(message);
    this.name = "TrialRefused";
  }
}
