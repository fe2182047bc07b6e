import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@/server/root";

/** An error as a page shows it. */
export interface Failure {
  /** One sentence that says the remedy. */
  readonly message: string;
  /** The domain error's stable code, such as LEASE_LAPSED; null for others. */
  readonly reason: string | null;
  /** The HTTP-like code of tRPC, such as UNAUTHORIZED; OFFLINE when no answer came at all. */
  readonly code: string;
  /** Problems of the input by field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether the same request may succeed if simply sent again. */
  readonly transient: boolean;
}

/** Reads any error that a query or mutation ends with. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError) {
    const { data, message } = error as TRPCClientError<AppRouter>;
    if (data)
      return {
        message,
        reason: data.reason,
        code: data.code,
        fields: data.fields ?? {},
        transient: data.httpStatus >= 500 || data.httpStatus === 429,
      };
    return {
      message: "No connection to Borda. Check the network.",
      reason: null,
      code: "OFFLINE",
      fields: {},
      transient: true,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, reason: null, code: "UNKNOWN", fields: {}, transient: false };
}
