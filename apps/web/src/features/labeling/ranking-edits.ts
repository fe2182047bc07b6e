import type { CompletionId, Ranking } from "@borda/preferences";

/**
 * Edits of a ranking that keep it a weak order: no completion is lost or doubled, no tier is empty, and the
 * "unacceptable from here down" line stays where it stood between its neighbours. An edit that changes nothing
 * returns the same object. Tiers are counted from 0.
 */
export type Draft = Ranking<CompletionId>;

export const emptyRanking: Draft = { tiers: [], unacceptableFrom: null };

/** The tier of a completion; -1 while it is still to rank. */
export function tierOf({ tiers }: Draft, id: CompletionId): number {
  return tiers.findIndex((tier) => tier.includes(id));
}

/** Joins the tier as it is numbered now; a number past the last begins a new tier at the bottom. */
export function placeInTier(ranking: Draft, id: CompletionId, tier: number): Draft {
  const target = ranking.tiers[tier];
  if (!target) return isAloneAt(ranking, id, ranking.tiers.length - 1) ? ranking : insertTier(ranking, id, Infinity);
  if (target.includes(id)) return ranking;
  const { tiers, unacceptableFrom } = unrank(ranking, id);
  return { tiers: tiers.map((each) => (each === target ? [...each, id] : each)), unacceptableFrom };
}

/** A tier of its own that then has this number; what stood there moves down. At the line it comes in below it. */
export function insertTier(ranking: Draft, id: CompletionId, tier: number): Draft {
  if (isAloneAt(ranking, id, tier)) return ranking;
  const rest = unrank(ranking, id);
  const at = Math.min(tier, rest.tiers.length);
  const line = rest.unacceptableFrom;
  return { tiers: rest.tiers.toSpliced(at, 0, [id]), unacceptableFrom: line !== null && at < line ? line + 1 : line };
}

/** Up: out of a tie, across the line, or past the tier above. One still to rank comes in at the bottom. */
export function raise(ranking: Draft, id: CompletionId): Draft {
  const { tiers, unacceptableFrom: line } = ranking;
  const at = tierOf(ranking, id);
  if (at < 0) return insertTier(ranking, id, Infinity);
  if (tiers[at]!.length > 1) return insertTier(ranking, id, at);
  if (line === at) return { tiers, unacceptableFrom: at + 1 };
  return at > 0 ? swapWithNext(ranking, at - 1) : ranking;
}

/** Down: out of a tie, across the line, or past the tier below. */
export function lower(ranking: Draft, id: CompletionId): Draft {
  const { tiers, unacceptableFrom: line } = ranking;
  const at = tierOf(ranking, id);
  if (at < 0) return ranking;
  if (tiers[at]!.length > 1) {
    const rest = unrank(ranking, id);
    return {
      tiers: rest.tiers.toSpliced(at + 1, 0, [id]),
      unacceptableFrom: line !== null && at < line ? line + 1 : line,
    };
  }
  if (line === at + 1) return { tiers, unacceptableFrom: at };
  return at < tiers.length - 1 ? swapWithNext(ranking, at) : ranking;
}

/** Joins the tier above; one still to rank joins the last tier. */
export function tieWithAbove(ranking: Draft, id: CompletionId): Draft {
  const at = tierOf(ranking, id);
  const above = at < 0 ? ranking.tiers.length - 1 : at - 1;
  return above < 0 ? ranking : placeInTier(ranking, id, above);
}

/** Back to those still to rank; its tier goes when it was alone there. */
export function unrank(ranking: Draft, id: CompletionId): Draft {
  const at = tierOf(ranking, id);
  if (at < 0) return ranking;
  const { tiers, unacceptableFrom: line } = ranking;
  if (tiers[at]!.length > 1)
    return {
      tiers: tiers.with(
        at,
        tiers[at]!.filter((other) => other !== id),
      ),
      unacceptableFrom: line,
    };
  if (tiers.length === 1) return emptyRanking;
  return { tiers: tiers.toSpliced(at, 1), unacceptableFrom: line !== null && at < line ? line - 1 : line };
}

/** The line goes above the tier of the completion; where it stands there already, away. */
export function toggleLine(ranking: Draft, id: CompletionId): Draft {
  const at = tierOf(ranking, id);
  if (at < 0) return ranking;
  return { tiers: ranking.tiers, unacceptableFrom: ranking.unacceptableFrom === at ? null : at };
}

/**
 * A tier of its own in the gap above the tier now numbered `gap`; at the line's own gap, `side` says on which side of
 * it. For dragging, where the gap is seen before the completion leaves its place.
 */
export function dropInGap(ranking: Draft, id: CompletionId, gap: number, side: "above" | "below"): Draft {
  const { tiers, unacceptableFrom: line } = ranking;
  const without = (part: Draft["tiers"]) =>
    part.map((tier) => tier.filter((other) => other !== id)).filter((tier) => tier.length > 0);
  const isAbove = line !== null && (gap < line || (gap === line && side === "above"));
  const next: Draft = {
    tiers: [...without(tiers.slice(0, gap)), [id], ...without(tiers.slice(gap))],
    unacceptableFrom: line === null ? null : without(tiers.slice(0, line)).length + (isAbove ? 1 : 0),
  };
  return isSame(next, ranking) ? ranking : next;
}

function isSame(one: Draft, other: Draft): boolean {
  return (
    one.unacceptableFrom === other.unacceptableFrom &&
    one.tiers.length === other.tiers.length &&
    one.tiers.every((tier, i) => tier.join() === other.tiers[i]?.join())
  );
}

function isAloneAt({ tiers }: Draft, id: CompletionId, tier: number): boolean {
  return tiers[tier]?.length === 1 && tiers[tier][0] === id;
}

function swapWithNext({ tiers, unacceptableFrom }: Draft, at: number): Draft {
  return { tiers: tiers.with(at, tiers[at + 1]!).with(at + 1, tiers[at]!), unacceptableFrom };
}
