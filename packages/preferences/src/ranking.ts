/**
 * A ranking is a weak order over the completions of one prompt: tiers, best first, tied inside a tier.
 * It may be partial, and may carry a line below which every tier is unacceptable.
 */
export interface Ranking<Id = number> {
  /** Best first; no tier is empty and no id occurs twice. */
  readonly tiers: readonly (readonly Id[])[];
  /** Index of the first unacceptable tier: 0 to tiers.length; null without the line. */
  readonly unacceptableFrom: number | null;
}

export class InvalidRanking extends Error {
  readonly code = "INVALID_RANKING";
  constructor(
    readonly reason: "empty" | "empty-tier" | "repeated" | "foreign" | "line",
    message: string,
  ) {
    super(message);
    this.name = "InvalidRanking";
  }
}

/**
 * Throws InvalidRanking unless `ranking` is a weak order over a subset of `known` ids.
 * At least one completion must be ranked; the line may stand at the very top (all unacceptable)
 * or at the bottom (none).
 */
export function checkRanking<Id>(ranking: Ranking<Id>, known: Iterable<Id>): void {
  const allowed = new Set(known);
  const seen = new Set<Id>();
  if (ranking.tiers.length === 0) throw new InvalidRanking("empty", "Rank at least one completion.");
  ranking.tiers.forEach((tier, rank) => {
    if (tier.length === 0)
      throw new InvalidRanking("empty-tier", `Tier ${rank + 1} is empty: remove it or put a completion in it.`);
    for (const id of tier) {
      if (!allowed.has(id))
        throw new InvalidRanking(
          "foreign",
          `Tier ${rank + 1} names ${String(id)}, which is not a completion of this prompt.`,
        );
      if (seen.has(id))
        throw new InvalidRanking("repeated", `Completion ${String(id)} is ranked twice: keep one place.`);
      seen.add(id);
    }
  });
  const line = ranking.unacceptableFrom;
  if (line !== null && !(Number.isInteger(line) && line >= 0 && line <= ranking.tiers.length))
    throw new InvalidRanking("line", `The unacceptable line must stand between 0 and ${ranking.tiers.length}.`);
}
