import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";

/**
 * Sends a ranking until it is stored or refused. A lost connection or a server that is starting again is waited for,
 * and the same token goes with every repeat, so that the ranking counts once.
 */
export function useSubmission(onStored: () => void) {
  const trpc = useTRPC();
  const submission = useMutation(
    trpc.labeling.submitRanking.mutationOptions({
      networkMode: "always",
      retry: (_, error) => failureOf(error).transient,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      onSuccess: onStored,
    }),
  );
  return {
    submit: submission.mutate,
    /** Sent and not yet answered, or stored already: nothing may change any more. */
    isLocked: submission.isPending || submission.isSuccess,
    /** At least one attempt failed and the next one is coming. */
    isWaiting: submission.isPending && submission.failureCount > 0,
    /** The server's refusal; null while there is none. */
    refusal: submission.isError ? failureOf(submission.error) : null,
  };
}
