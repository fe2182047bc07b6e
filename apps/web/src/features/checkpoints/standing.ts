import type { EvaluationReport, PublishRule } from "@borda/preferences";

/** How a candidate stands beside the published checkpoint, both measured on the candidate's held-out prompts. */
export interface Standing {
  readonly verdict: "first" | "better" | "equal" | "worse";
  /** Candidate's accuracy less the baseline's, a share in [-1, 1]; null for the first checkpoint of a project. */
  readonly difference: number | null;
  /** Whether the two 95 % intervals are apart; when they overlap, the difference may be chance. */
  readonly clear: boolean;
}

export function standingOf(candidate: EvaluationReport, baseline: EvaluationReport | null): Standing {
  if (!baseline) return { verdict: "first", difference: null, clear: false };
  const difference = candidate.accuracy - baseline.accuracy;
  const verdict = difference > 0 ? "better" : difference < 0 ? "worse" : "equal";
  const [low, high] = candidate.interval;
  const clear = low > baseline.interval[1] || high < baseline.interval[0];
  return { verdict, difference, clear };
}

/** Whether the rule publishes this candidate by itself. */
export function publishesItself(rule: PublishRule, standing: Standing): boolean {
  if (rule.mode === "manual") return false;
  return standing.difference === null || standing.difference >= -rule.tolerance;
}
