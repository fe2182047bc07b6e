import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";
import { patience } from "../patience";

/**
 * Sends a ranking until it is stored or refused, with patience; the same token goes with every repeat, so that the
 * ranking counts once.
 */
export function useSubmission(onStored: () => void) {
  const trpc = useTRPC();
  const submission = useMutation(trpc.labeling.submitRanking.mutationOptions({ ...patience, onSuccess: onStored }));
  return {
    submit: submission.mutate,
    /** Sent and not yet answered, or stored already: nothing may change any more. */
    isLocked: submission.isPending || submission.isSuccess,
    /** Why the last attempt failed while the next one is coming; null otherwise. */
    waitingFor: submission.isPending && submission.failureReason ? failureOf(submission.failureReason) : null,
    /** The server's refusal; null while there is none. */
    refusal: submission.isError ? failureOf(submission.error) : null,
  };
}
