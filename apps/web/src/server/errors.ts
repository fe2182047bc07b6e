import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";

/** What a domain error is over HTTP. An error whose code is missing here is a fault of ours: 500, logged. */
const statuses: Record<string, TRPC_ERROR_CODE_KEY> = {
  INVALID_RANKING: "BAD_REQUEST",
  INVALID_SCHEDULE: "BAD_REQUEST",
  UNKNOWN_FORMAT: "BAD_REQUEST",
  TRIAL_REFUSED: "BAD_REQUEST",
  NOT_YOURS: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  NOT_STORED: "NOT_FOUND",
  INVITE_INVALID: "NOT_FOUND",
  LEASE_LAPSED: "CONFLICT",
  ALREADY_RANKED: "CONFLICT",
  TOKEN_REUSED: "CONFLICT",
  TRAINING_IN_PROGRESS: "CONFLICT",
  IMPORT_STOPPED: "CONFLICT",
  RUN_LOST: "CONFLICT",
  BACKBONE_STOPPED: "CONFLICT",
  NOT_ALLOWED: "CONFLICT",
  EMAIL_TAKEN: "CONFLICT",
  TOO_LARGE: "PAYLOAD_TOO_LARGE",
  STORAGE_FULL: "SERVICE_UNAVAILABLE",
  DISK_FULL: "SERVICE_UNAVAILABLE",
  DATABASE_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  QUEUE_UNREACHABLE: "SERVICE_UNAVAILABLE",
  SCORER_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  NOTHING_PUBLISHED: "PRECONDITION_FAILED",
  BACKBONE_NOT_READY: "PRECONDITION_FAILED",
  NOTHING_TO_TRAIN_ON: "PRECONDITION_FAILED",
};

/** An error of the domain: its code is stable, its message a sentence for people that says the remedy. */
export interface DomainError extends Error {
  readonly code: string;
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code in statuses;
}

/** The tRPC form of a domain error; anything else is returned as it is. */
export function toTrpcError(error: unknown): unknown {
  if (!isDomainError(error)) return error;
  return new TRPCError({ code: statuses[error.code] ?? "INTERNAL_SERVER_ERROR", message: error.message, cause: error });
}
