"use client";

import type { Prompt } from "@borda/preferences";
import { useDroppable } from "@dnd-kit/core";
import { cx } from "@/components/ui/cx";
import { stillToRank } from "../ranking-state";
import { CompletionCard } from "./completion-card";
import { useDeck } from "./deck";
import { unrankedZone } from "./drop-zones";
import { PromptPanel } from "./prompt-panel";

/** The prompt, and the completions that have no place yet. Both scroll by themselves. */
export function ToRankSide({ prompt, isShown }: { prompt: Prompt; isShown: boolean }) {
  const { state } = useDeck();
  const { setNodeRef, isOver } = useDroppable({ id: unrankedZone });
  const left = stillToRank(state);
  return (
    <div className={cx("min-h-0 flex-col lg:flex lg:border-r", isShown ? "flex max-lg:overflow-y-auto" : "hidden")}>
      <div className="bg-raised lg:max-h-[45%] lg:shrink-0 lg:overflow-y-auto">
        <PromptPanel prompt={prompt} />
      </div>
      <section
        ref={setNodeRef}
        aria-labelledby="to-rank-heading"
        className={cx("flex-1 px-3 py-3 sm:px-4 lg:overflow-y-auto", isOver && "bg-wash")}
      >
        <h2 id="to-rank-heading" className="mb-2 eyebrow">
          To rank{left.length > 0 ? ` · ${left.length}` : ""}
        </h2>
        {left.length > 0 ? (
          <div className="grid grid-cols-1 items-start gap-2 xl:grid-cols-2">
            {left.map((id) => (
              <CompletionCard key={id} id={id} />
            ))}
          </div>
        ) : (
          <p className="rounded-lg border border-dashed border-edge px-4 py-6 text-center text-soft">
            Everything has its place. Drag a completion here, or press 0, to take it out again.
          </p>
        )}
      </section>
    </div>
  );
}
