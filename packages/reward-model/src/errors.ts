/** A training or a checkpoint that cannot go on; the message names the remedy. */
export class RewardModelError extends Error {
  constructor(
    readonly code:
      | "NO_COMPARISONS"
      | "BAD_RECIPE"
      | "BAD_BACKBONE"
      | "BAD_CHECKPOINT"
      | "OUT_EXISTS"
      | "DIVERGED"
      | "WRONG_RESUME_STATE"
      | "BAD_REFERENCE"
      | "NEEDS_WEIGHTS",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RewardModelError";
  }
}

/** Thrown by a training whose AbortSignal fired; nothing is left but its resume state. */
export class RunCancelled extends Error {
  readonly code = "RUN_CANCELLED";
  constructor() {
    super("The training was cancelled.");
    this.name = "RunCancelled";
  }
}
