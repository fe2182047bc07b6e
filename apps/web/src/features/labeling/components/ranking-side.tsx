"use client";

import type { CompletionId } from "@borda/preferences";
import { useDroppable } from "@dnd-kit/core";
import { Fragment } from "react";
import { cx } from "@/components/ui/cx";
import { Key } from "@/components/ui/key";
import { CompletionCard } from "./completion-card";
import { useDeck } from "./deck";
import { gapZone, tierZone } from "./drop-zones";

/** The tiers, best first, with a gap to drop into between any two, and the "unacceptable" line where it stands. */
export function RankingSide({ isShown }: { isShown: boolean }) {
  const { tiers, unacceptableFrom: line } = useDeck().state.ranking;
  return (
    <section
      aria-labelledby="ranking-heading"
      className={cx("min-h-0 flex-col overflow-y-auto px-3 py-3 sm:px-4 lg:flex", isShown ? "flex" : "hidden")}
    >
      <h2 id="ranking-heading" className="eyebrow">
        Your ranking{tiers.length > 0 ? " · best first" : ""}
      </h2>
      {tiers.length === 0 ? (
        <EmptyRanking />
      ) : (
        <div className="flex flex-1 flex-col">
          {tiers.map((tier, at) => (
            <Fragment key={tier.join()}>
              {line === at ? <Gap gap={at} side="above" /> : null}
              {line === at ? <UnacceptableLine /> : null}
              <Gap gap={at} side="below" />
              <Tier tier={tier} at={at} isUnacceptable={line !== null && at >= line} />
            </Fragment>
          ))}
          {line === tiers.length ? <Gap gap={tiers.length} side="above" /> : null}
          {line === tiers.length ? <UnacceptableLine /> : null}
          <Gap gap={tiers.length} side="below" isLast />
        </div>
      )}
    </section>
  );
}

function Tier({ tier, at, isUnacceptable }: { tier: readonly CompletionId[]; at: number; isUnacceptable: boolean }) {
  const { setNodeRef, isOver } = useDroppable({ id: tierZone(at) });
  return (
    <section
      ref={setNodeRef}
      aria-label={`Tier ${at + 1}${tier.length > 1 ? ", tied" : ""}${isUnacceptable ? ", unacceptable" : ""}`}
      className={cx("flex gap-2 rounded-lg", isOver && "bg-wash outline-2 outline-accent outline-dashed")}
    >
      <div className="flex w-7 shrink-0 flex-col items-center gap-1 pt-1.5">
        <span
          className={cx(
            "grid size-6 place-items-center rounded-full text-sm font-semibold tabular-nums",
            isUnacceptable ? "bg-bad-wash text-bad" : "bg-wash text-accent",
          )}
        >
          {at + 1}
        </span>
        {tier.length > 1 ? <span className="text-xs text-faint">tied</span> : null}
      </div>
      <div
        className={cx(
          "grid min-w-0 flex-1 items-start gap-2",
          tier.length === 1 ? "grid-cols-1" : "grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))]",
        )}
      >
        {tier.map((id) => (
          <CompletionCard key={id} id={id} />
        ))}
      </div>
    </section>
  );
}

/** A gap is 8 px high; what catches a dragged completion is 28. */
function Gap({ gap, side, isLast = false }: { gap: number; side: "above" | "below"; isLast?: boolean }) {
  const { setNodeRef, isOver } = useDroppable({ id: gapZone(gap, side) });
  return (
    <div className={cx("relative", isLast ? "min-h-12 flex-1" : "h-2 shrink-0")}>
      <div
        ref={setNodeRef}
        className={cx("pointer-events-none absolute inset-x-0 bottom-0", isLast ? "top-0" : "-inset-y-2.5")}
      />
      {isOver ? (
        <div
          className={cx("absolute inset-x-0 h-1 rounded-full bg-accent", isLast ? "top-2" : "top-0.5")}
          aria-hidden
        />
      ) : null}
    </div>
  );
}

function UnacceptableLine() {
  return (
    <div className="flex items-center gap-2 py-0.5 text-xs font-medium text-bad">
      <span className="h-0.5 w-7 bg-bad" aria-hidden />
      unacceptable from here down
      <span className="h-0.5 flex-1 bg-bad" aria-hidden />
    </div>
  );
}

function EmptyRanking() {
  const { setNodeRef, isOver } = useDroppable({ id: gapZone(0, "below") });
  return (
    <div
      ref={setNodeRef}
      className={cx(
        "mt-2 flex min-h-48 flex-1 flex-col items-center justify-center gap-2 rounded-lg border border-dashed border-edge px-6 text-center text-soft",
        isOver && "bg-wash",
      )}
    >
      <p className="text-base font-medium text-ink">Begin with any completion</p>
      <p className="max-w-xs">
        Drag it here, or press its letter <Key>A</Key> and then a tier <Key>1</Key>. Completions in one tier are tied.
      </p>
    </div>
  );
}
