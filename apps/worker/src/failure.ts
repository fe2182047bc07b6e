/** What is written on a run that failed: what happened, and what to do about it. */
export interface Failure {
  readonly error: string;
  readonly remedy: string;
}

/** A failure whose remedy is known where it is thrown. */
export class RemediableError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RemediableError";
  }
}

/** Errors of the house say their remedy in the message; the others get what is true of all. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RemediableError) return { error: error.message, remedy: error.remedy };
  const message = error instanceof Error ? error.message : String(error);
  const remedy = "Read the run's log, change what it names in the recipe, the data or the machine, and retry.";
  return { error: message, remedy };
}
