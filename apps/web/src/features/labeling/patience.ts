import { failureOf } from "@/trpc/failure";

/** About 12 s of repeats: what the server knows no name for seldom mends itself. */
const repeatsOfUnknown = 5;

/**
 * How a labeler's request is repeated: a lost connection, a server that is starting again and a full disk are waited
 * for, however long; an error of the server that nobody foresaw only for a while, then the person is told.
 */
export const patience = {
  networkMode: "always",
  retry: (failures: number, error: unknown) => {
    const { transient, code } = failureOf(error);
    return transient && (code !== "INTERNAL_SERVER_ERROR" || failures < repeatsOfUnknown);
  },
  retryDelay: (failures: number) => Math.min(500 * 2 ** failures, 4_000),
} as const;
