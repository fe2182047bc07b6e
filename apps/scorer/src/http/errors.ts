import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Every way a request can fail; the codes are stable and stand in docs/api.md. */
export const failures = {
  missing_key: 401,
  invalid_key: 401,
  revoked_key: 403,
  foreign_checkpoint: 403,
  unknown_checkpoint: 404,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  too_many_completions: 413,
  invalid_request: 422,
  rate_limited: 429,
  internal_error: 500,
  nothing_published: 503,
  database_unavailable: 503,
  overloaded: 503,
  stopping: 503,
} as const satisfies Record<string, ContentfulStatusCode>;
export type FailureCode = keyof typeof failures;

export interface FailureDetails {
  /** Path of the wrong field, as in "items[3].completion"; for invalid_request. */
  readonly field?: string;
  /** When trying again makes sense; also sent as Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** A failure that the caller is told of. The message says the remedy. */
export class ScoringFailure extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly details: FailureDetails = {},
  ) {
    super(message);
    this.name = "ScoringFailure";
  }

  get status(): ContentfulStatusCode {
    return failures[this.code];
  }

  /** The body of the reply. */
  toJSON() {
    const { field, retryAfterSeconds } = this.details;
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(field === undefined ? {} : { field }),
        ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
      },
    };
  }
}
