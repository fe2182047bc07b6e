"use client";

import type { CompletionId } from "@borda/preferences";
import { useDraggable } from "@dnd-kit/core";
import { GripVertical } from "lucide-react";
import { memo } from "react";
import { cx } from "@/components/ui/cx";
import { tierOf } from "../ranking-edits";
import type { RankingAction } from "../ranking-state";
import { letterIn, useDeck } from "./deck";
import { FoldedText } from "./folded-text";
import { PlaceControls } from "./place-controls";
import { placeInWords } from "./place-in-words";

/** A completion with its letter; its head is the handle to drag it by. */
export function CompletionCard({ id }: { id: CompletionId }) {
  const { state, act, texts, isFrozen } = useDeck();
  return (
    <Card
      id={id}
      letter={letterIn(state, id)}
      text={texts.find((completion) => completion.id === id)?.text ?? ""}
      place={placeInWords(state, id)}
      tier={tierOf(state.ranking, id)}
      tiers={state.ranking.tiers.length}
      isFocused={state.focused === id}
      isUnfolded={state.unfolded.has(id)}
      isFrozen={isFrozen}
      act={act}
    />
  );
}

interface CardProps {
  id: CompletionId;
  letter: string;
  text: string;
  place: string;
  tier: number;
  tiers: number;
  isFocused: boolean;
  isUnfolded: boolean;
  isFrozen: boolean;
  act: (action: RankingAction) => void;
}

/** Memoised: a key pressed on one completion draws the others again only when something of theirs changed. */
const Card = memo(function Card({
  id,
  letter,
  text,
  place,
  isFocused,
  isUnfolded,
  isFrozen,
  act,
  tier,
  tiers,
}: CardProps) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id, disabled: isFrozen });
  return (
    <section
      ref={setNodeRef}
      data-card={id}
      aria-label={`Completion ${letter}, ${place}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys act on the card in focus.
      tabIndex={0}
      onFocus={() => act({ type: "focus", id })}
      className={cx(
        "group scroll-m-3 rounded-lg border bg-raised outline-none",
        isFocused ? "border-accent ring-1 ring-accent" : "border-line",
        isDragging && "opacity-40",
      )}
    >
      <div
        {...listeners}
        className={cx(
          "flex h-9 items-center gap-1 rounded-t-lg border-b pr-1 pl-1 select-none pointer-coarse:h-11",
          isFrozen ? "cursor-default" : "cursor-grab touch-none active:cursor-grabbing",
          isFocused ? "bg-wash" : "",
        )}
      >
        <GripVertical size={14} aria-hidden className="text-faint" />
        <span className="min-w-5 text-base font-bold text-ink">{letter}</span>
        <span className="flex-1" />
        <PlaceControls
          id={id}
          letter={letter}
          tier={tier}
          tiers={tiers}
          isFrozen={isFrozen}
          isFocused={isFocused}
          act={act}
        />
      </div>
      <FoldedText text={text} isUnfolded={isUnfolded} onToggle={() => act({ type: "fold", id })} />
    </section>
  );
});
