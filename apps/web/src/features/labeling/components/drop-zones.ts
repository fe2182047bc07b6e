import type { CompletionId } from "@borda/preferences";
import type { RankingAction } from "../ranking-state";

/** Where a dragged completion can be let go, as the id of its drop zone says. */
export const unrankedZone = "unranked";
export const tierZone = (tier: number) => `tier:${tier}`;
export const gapZone = (gap: number, side: "above" | "below") => `gap:${gap}:${side}`;

/** The same zones along the lower edge of a narrow screen need ids of their own. */
const stripPrefix = "strip-";
export const inStrip = (zone: string) => `${stripPrefix}${zone}`;

/** What letting go over a zone does to the completion; null over a zone that is none of the ranking's. */
export function actionOfDrop(id: CompletionId, zone: string): RankingAction | null {
  if (zone === unrankedZone) return { type: "unrank", id };
  const [kind, number, side] = zone.replace(stripPrefix, "").split(":");
  if (kind === "tier") return { type: "place", id, tier: Number(number) };
  if (kind === "gap" && (side === "above" || side === "below")) return { type: "drop", id, gap: Number(number), side };
  return null;
}
