import type { ProjectId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";
import type { TaskView } from "../server/views";

/** held: the task is ours; expired: time is up, others may take it; lapsed: it went to others. */
export type Lease = "held" | "expired" | "lapsed";

/**
 * Keeps the lease of a task while its labeler is active: renewed when half of it is gone. An absent labeler's lease
 * runs out; their next sign of life asks for it again, and learns whether somebody else has it now.
 */
export function useLease(projectId: ProjectId, task: TaskView, activity: RefObject<number>): Lease {
  const trpc = useTRPC();
  const [lease, setLease] = useState<Lease>("held");
  const { mutate: renew } = useMutation(trpc.labeling.renewLease.mutationOptions({ networkMode: "always" }));
  const term = useRef({ seconds: task.leaseSeconds, since: 0, asked: 0 });

  useEffect(() => {
    term.current = { seconds: task.leaseSeconds, since: performance.now(), asked: performance.now() };
    const every = Math.min(30, Math.max(1, task.leaseSeconds / 6)) * 1000;
    const look = () => {
      const now = performance.now();
      const { seconds, since, asked } = term.current;
      const left = seconds - (now - since) / 1000;
      if (left <= 0) setLease((current) => (current === "held" ? "expired" : current));
      const isActive = activity.current > asked;
      if (!isActive || left > seconds / 2) return;
      term.current.asked = now;
      renew(
        { projectId, taskId: task.taskId },
        {
          onSuccess: ({ leaseSeconds }) => {
            term.current = { seconds: leaseSeconds, since: performance.now(), asked: now };
            setLease("held");
          },
          onError: (error) => {
            if (failureOf(error).reason === "LEASE_LAPSED") setLease("lapsed");
            // Without a connection the next look asks again.
            else term.current.asked = asked;
          },
        },
      );
    };
    const timer = setInterval(look, every);
    return () => clearInterval(timer);
  }, [projectId, task, activity, renew]);
  return lease;
}
