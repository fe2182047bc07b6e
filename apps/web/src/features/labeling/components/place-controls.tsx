"use client";

import type { CompletionId } from "@borda/preferences";
import { ArrowDown, ArrowLeftToLine, ArrowUp, Equal, Plus, SeparatorHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import type { RankingAction } from "../ranking-state";

interface Props {
  id: CompletionId;
  letter: string;
  /** -1 while it is still to rank. */
  tier: number;
  tiers: number;
  isFrozen: boolean;
  isFocused: boolean;
  act: (action: RankingAction) => void;
}

/** The keys' doings as buttons, for mouse and touch: a tier for what is to rank, moves for what is ranked. */
export function PlaceControls({ id, letter, tier, tiers, isFrozen, isFocused, act }: Props) {
  const press = (label: string, action: RankingAction, face: ReactNode) => (
    <button
      key={label}
      type="button"
      // The keyboard has its own keys: no stop on the way of Tab.
      tabIndex={-1}
      disabled={isFrozen}
      aria-label={`${letter}: ${label}`}
      title={label}
      onClick={() => act(action)}
      className="grid h-6 min-w-6 place-items-center rounded px-1 text-xs font-medium text-soft tabular-nums enabled:hover:bg-sunken enabled:hover:text-ink disabled:opacity-40 pointer-coarse:h-9 pointer-coarse:min-w-9"
    >
      {face}
    </button>
  );
  return (
    <div
      className={cx(
        "flex items-center overflow-x-auto opacity-0 transition-opacity duration-100 group-hover:opacity-100 group-focus-within:opacity-100 pointer-coarse:opacity-100",
        isFocused && "opacity-100",
      )}
    >
      {tier < 0
        ? [
            ...Array.from({ length: tiers }, (_, at) =>
              press(`Put into tier ${at + 1}`, { type: "place", id, tier: at }, at + 1),
            ),
            press(
              tiers === 0 ? "Put into tier 1" : "New tier below",
              { type: "place", id, tier: tiers },
              <span className="flex items-center gap-0.5">
                <Plus size={14} /> {tiers === 0 ? "rank" : "new"}
              </span>,
            ),
          ]
        : [
            press("Up", { type: "raise", id }, <ArrowUp size={14} />),
            press("Down", { type: "lower", id }, <ArrowDown size={14} />),
            press("Tie with the tier above", { type: "tie", id }, <Equal size={14} />),
            press("Unacceptable from here down", { type: "line", id }, <SeparatorHorizontal size={14} />),
            press("Back to “to rank”", { type: "unrank", id }, <ArrowLeftToLine size={14} />),
          ]}
    </div>
  );
}
