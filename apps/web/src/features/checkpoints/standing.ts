import type { EvaluationReport, PairedDifference, PublishRule } from "@borda/preferences";

/** How a candidate stands beside the published checkpoint, both measured on the candidate's held-out prompts. */
export interface Standing {
  readonly verdict: "first" | "better" | "equal" | "worse";
  /** Candidate's accuracy less the baseline's, a share in [-1, 1]; null for the first checkpoint of a project. */
  readonly difference: number | null;
  /** The 95 % interval of that difference, prompt by prompt; null where only each model's own figures were kept. */
  readonly interval: PairedDifference["interval"] | null;
  /** Whether that interval is on one side of 0 (without it, whether the models' own are apart); else it may be chance. */
  readonly clear: boolean;
}

export function standingOf(
  candidate: EvaluationReport,
  baseline: EvaluationReport | null,
  paired: PairedDifference | null,
): Standing {
  if (!baseline) return { verdict: "first", difference: null, interval: null, clear: false };
  const difference = candidate.accuracy - baseline.accuracy;
  const verdict = difference > 0 ? "better" : difference < 0 ? "worse" : "equal";
  const [low, high] = paired
    ? paired.interval
    : [candidate.interval[0] - baseline.interval[1], candidate.interval[1] - baseline.interval[0]];
  return { verdict, difference, interval: paired?.interval ?? null, clear: low > 0 || high < 0 };
}

/** Whether the rule publishes this candidate by itself. */
export function publishesItself(rule: PublishRule, standing: Standing): boolean {
  if (rule.mode === "manual") return false;
  return standing.difference === null || standing.difference >= -rule.tolerance;
}
