"use client";

import { Button } from "@/components/ui/button";
import type { Lease } from "../hooks/use-lease";

/** Says that the task's time is over, before the labeler goes on for nothing. */
export function LeaseNote({ lease, onNext }: { lease: Lease; onNext: () => void }) {
  if (lease === "held") return null;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 border-b border-warn bg-warn-wash px-4 py-2">
      <p className="min-w-0 flex-1">
        {lease === "lapsed"
          ? "Your time for this task ran out and it went to another labeler. Nothing of it was stored."
          : "You were away, and your time for this task is over. Go on and it stays yours, unless another labeler took it."}
      </p>
      {lease === "lapsed" ? (
        <Button variant="primary" size="sm" onClick={onNext}>
          Next task
        </Button>
      ) : null}
    </div>
  );
}
