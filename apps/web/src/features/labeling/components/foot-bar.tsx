"use client";

import { Redo2, Undo2 } from "lucide-react";
import { Button, IconButton, LinkButton } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { RelativeTime } from "@/components/ui/relative-time";
import type { Lease } from "../hooks/use-lease";
import type { useSubmission } from "../hooks/use-submission";
import { listLetters } from "../letters";
import { stillToRank, submitCheck } from "../ranking-state";
import { letterIn, useDeck } from "./deck";

/** What was saved, what is missing, and the way on. */
export function FootBar({
  submission,
  lease,
  savedAt,
  onSubmit,
  onNext,
}: {
  submission: ReturnType<typeof useSubmission>;
  lease: Lease;
  savedAt: Date | null;
  onSubmit: () => void;
  /** Leaves a task that was refused. */
  onNext: () => void;
}) {
  const { state, act, isFrozen } = useDeck();
  return (
    <footer className="flex min-h-12 shrink-0 items-center gap-2 border-t bg-raised px-3 py-1.5">
      <div className="min-w-0 flex-1 text-soft" aria-live="polite">
        <Standing submission={submission} savedAt={savedAt} onSubmit={onSubmit} onNext={onNext} />
      </div>
      <IconButton label="Undo (Z)" disabled={isFrozen || state.past.length === 0} onClick={() => act({ type: "undo" })}>
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton
        label="Redo (Shift Z)"
        disabled={isFrozen || state.future.length === 0}
        onClick={() => act({ type: "redo" })}
      >
        <Redo2 size={16} aria-hidden />
      </IconButton>
      <Button
        variant="primary"
        disabled={submission.isLocked || lease === "lapsed" || submitCheck(state) === "too-few"}
        onClick={onSubmit}
      >
        Submit
        <span className="ml-1 text-xs font-normal opacity-80 pointer-coarse:hidden">Ctrl ⏎</span>
      </Button>
    </footer>
  );
}

function Standing({
  submission,
  savedAt,
  onSubmit,
  onNext,
}: {
  submission: ReturnType<typeof useSubmission>;
  savedAt: Date | null;
  onSubmit: () => void;
  onNext: () => void;
}) {
  const { state } = useDeck();
  if (submission.waitingFor)
    return (
      <span className="font-medium text-warn">
        {submission.waitingFor.message} Your ranking is kept here and sent again by itself; it counts once.
      </span>
    );
  if (submission.isLocked) return "Saving…";
  if (submission.refusal) {
    const { message, code, transient } = submission.refusal;
    return (
      <span className="flex flex-wrap items-center gap-2 font-medium text-bad">
        {message}
        {code === "UNAUTHORIZED" ? (
          <LinkButton size="sm" href={`/sign-in?next=${encodeURIComponent(window.location.pathname)}`}>
            Sign in
          </LinkButton>
        ) : transient ? (
          <Button size="sm" onClick={onSubmit}>
            Try again
          </Button>
        ) : (
          <Button size="sm" onClick={onNext}>
            Next task
          </Button>
        )}
      </span>
    );
  }
  const left = stillToRank(state);
  if (left.length < state.completions.length && left.length > 0)
    return `Still to rank: ${listLetters(left.map((id) => letterIn(state, id)))}`;
  if (savedAt)
    return (
      <>
        Saved <RelativeTime at={savedAt} />
      </>
    );
  if (left.length === 0) return "Every completion has its place";
  return (
    <span className="max-sm:hidden">
      <Key>A</Key> focus, <Key>1</Key> tier, <Key>?</Key> all keys
    </span>
  );
}
