import type { CompletionId } from "@borda/preferences";
import type { Draft } from "./ranking-edits";
import type { RankingAction } from "./ranking-state";

/**
 * Compare mode: finds the tier of one completion by asking for comparisons with tiers halfway (binary insertion), so
 * that n ranked tiers need at most ceil(log2(n + 1)) answers. `low` to `high` (exclusive) are the tiers it may still
 * stand before.
 */
export interface Bisection {
  readonly id: CompletionId;
  readonly low: number;
  readonly high: number;
}

export type Verdict = "better" | "worse" | "tie";

/** Begins with a completion that is still to rank. */
export function startBisection({ tiers }: Draft, id: CompletionId): Bisection {
  return { id, low: 0, high: tiers.length };
}

/** The tier to compare with, or null when nothing is ranked yet and no question is needed. */
export function tierAsked({ low, high }: Bisection): number | null {
  return low < high ? Math.floor((low + high) / 2) : null;
}

/** The next question, or the edit that the answers amount to. */
export function answer(
  bisection: Bisection,
  verdict: Verdict,
): Bisection | Extract<RankingAction, { type: "place" | "insert" }> {
  const { id, low, high } = bisection;
  const asked = tierAsked(bisection);
  if (asked === null) return { type: "insert", id, tier: low };
  if (verdict === "tie") return { type: "place", id, tier: asked };
  const next = verdict === "better" ? { id, low, high: asked } : { id, low: asked + 1, high };
  return next.low < next.high ? next : { type: "insert", id, tier: next.low };
}
