"use client";

import { cx } from "@/components/ui/cx";
import { stillToRank } from "../ranking-state";
import { useDeck } from "./deck";

export type Step = "read" | "rank";

/** On narrow screens the two sides are two steps. */
export function StepSwitch({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const { state } = useDeck();
  const left = stillToRank(state).length;
  const steps = [
    { value: "read", label: "Prompt and to rank", count: left },
    { value: "rank", label: "Your ranking", count: state.completions.length - left },
  ] as const;
  return (
    <div className="grid shrink-0 grid-cols-2 border-b bg-raised lg:hidden">
      {steps.map(({ value, label, count }) => (
        <button
          key={value}
          type="button"
          aria-pressed={step === value}
          onClick={() => onChange(value)}
          className={cx(
            "h-11 border-b-2 font-medium",
            step === value ? "border-accent text-ink" : "border-transparent text-soft",
          )}
        >
          {label} <span className="ml-1 rounded bg-sunken px-1.5 text-xs tabular-nums">{count}</span>
        </button>
      ))}
    </div>
  );
}
