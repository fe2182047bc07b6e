"use client";

import { useDroppable } from "@dnd-kit/core";
import { cx } from "@/components/ui/cx";
import { useDeck } from "./deck";
import { gapZone, inStrip, tierZone } from "./drop-zones";
import type { Step } from "./step-switch";

/** On a narrow screen the tiers are out of sight while one reads: during a drag they lie along the lower edge. */
export function TierStrip({ step }: { step: Step }) {
  const { tiers } = useDeck().state.ranking;
  if (step === "rank") return null;
  return (
    <div className="fixed inset-x-0 bottom-14 z-30 flex gap-2 border-t bg-raised p-2 shadow-float lg:hidden">
      {tiers.map((tier, at) => (
        <StripZone key={tier.join()} zone={inStrip(tierZone(at))} label={String(at + 1)} />
      ))}
      <StripZone zone={inStrip(gapZone(tiers.length, "below"))} label="new tier" />
    </div>
  );
}

function StripZone({ zone, label }: { zone: string; label: string }) {
  const { setNodeRef, isOver } = useDroppable({ id: zone });
  return (
    <div
      ref={setNodeRef}
      className={cx(
        "grid h-14 flex-1 place-items-center rounded-lg border border-dashed border-edge font-semibold",
        isOver && "bg-wash text-accent",
      )}
    >
      {label}
    </div>
  );
}
