"use client";

import type { CompletionId } from "@borda/preferences";
import { useEffect, useEffectEvent, useState } from "react";
import { Markdown } from "@/components/markdown/markdown";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Key } from "@/components/ui/key";
import { answer, type Bisection, startBisection, tierAsked, type Verdict } from "../bisection";
import { stillToRank } from "../ranking-state";
import { letterIn, useDeck } from "./deck";

const verdicts: Record<string, Verdict> = { "1": "better", "2": "worse", "0": "tie" };

/** Two at a time: each answer halves the tiers that the next completion can belong to, until it has its place. */
export function CompareDialog({ onClose }: { onClose: () => void }) {
  const { state, act, texts } = useDeck();
  const [begun, setBegun] = useState<Bisection | null>(null);
  const next = stillToRank(state)[0];
  const bisection = next === undefined ? null : begun?.id === next ? begun : startBisection(state.ranking, next);
  const asked = bisection && tierAsked(bisection);
  const other = asked === null || asked === undefined ? undefined : state.ranking.tiers[asked]?.[0];

  // The first completion needs no comparison: it is the first tier.
  useEffect(() => {
    if (next !== undefined && state.ranking.tiers.length === 0) act({ type: "insert", id: next, tier: 0 });
  }, [next, state.ranking, act]);

  const judge = (verdict: Verdict) => {
    if (!bisection || other === undefined) return;
    const step = answer(bisection, verdict);
    if ("type" in step) {
      setBegun(null);
      act(step);
    } else setBegun(step);
  };
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const verdict = verdicts[event.key];
    if (verdict) judge(verdict);
    else if (event.key.toLowerCase() === "z") {
      setBegun(null);
      act({ type: event.shiftKey ? "redo" : "undo" });
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  const textOf = (id: CompletionId) => texts.find((completion) => completion.id === id)?.text ?? "";
  if (next === undefined || other === undefined)
    return (
      <Dialog
        open
        onClose={onClose}
        title={next === undefined ? "Every completion has its place" : "Compare two at a time"}
        description={next === undefined ? "Look at the order once more, then submit." : undefined}
        actions={
          <Button variant="primary" onClick={onClose} data-autofocus>
            See the ranking
          </Button>
        }
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      width="xl"
      title="Which is better?"
      description={`${stillToRank(state).length} to place. Letters stay with their completions.`}
      actions={
        <>
          <Button onClick={() => judge("better")}>
            <Key>1</Key> {letterIn(state, next)} is better
          </Button>
          <Button onClick={() => judge("tie")}>
            <Key>0</Key> Tie
          </Button>
          <Button onClick={() => judge("worse")}>
            <Key>2</Key> {letterIn(state, other)} is better
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-3 md:grid-cols-2">
        {[next, other].map((id) => (
          <section key={id} aria-label={`Completion ${letterIn(state, id)}`} className="rounded-lg border">
            <h3 className="border-b px-3 py-1.5 text-base font-bold">{letterIn(state, id)}</h3>
            <div className="px-3 py-2 text-base leading-[1.375rem]">
              <Markdown text={textOf(id)} />
            </div>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
