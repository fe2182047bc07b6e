import type { PublishRule, RetrainRule } from "@borda/preferences";

/** The retrain rule as a sentence. */
export function sayRetrainRule(rule: RetrainRule): string {
  switch (rule.mode) {
    case "manual":
      return "Retrains only by hand.";
    case "comparisons":
      return `Retrains after every ${rule.every.toLocaleString("en")} new comparisons.`;
    case "cron":
      return `Retrains by the schedule ${rule.pattern} (${rule.timezone}).`;
  }
}

/** The publish rule as a sentence. */
export function sayPublishRule(rule: PublishRule): string {
  if (rule.mode === "manual") return "A person publishes.";
  const points = Number((rule.tolerance * 100).toFixed(2));
  return points === 0
    ? "A checkpoint that is not worse is published by itself."
    : `A checkpoint is published by itself unless it is worse by more than ${points} points.`;
}
