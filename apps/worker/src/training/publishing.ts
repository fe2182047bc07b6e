import type { CheckpointId, EvaluationReport, PairedDifference, PublishRule } from "@borda/preferences";

export interface Candidate {
  readonly rule: PublishRule;
  readonly report: EvaluationReport;
  /** What the run was compared with: the checkpoint published when it was made. */
  readonly baselineId: CheckpointId | null;
  readonly baselineReport: EvaluationReport | null;
  /** Their difference on the same prompts, for the reason; the rule goes by the figures themselves. */
  readonly paired: PairedDifference | null;
  /** What is published now. */
  readonly publishedId: CheckpointId | null;
}

export interface Verdict {
  readonly publish: boolean;
  /** For the history, and for whoever decides instead. */
  readonly reason: string;
}

/**
 * Whether a finished run is published by itself: under the automatic rule, when its held-out accuracy is not below the
 * baseline's on the same prompts by more than the tolerance, or when nothing was published before.
 *
 * Example: tolerance 0.01, accuracy 0.74 against 0.75: published; 0.73: not.
 */
export function verdictOn({ rule, report, baselineId, baselineReport, paired, publishedId }: Candidate): Verdict {
  if (rule.mode === "manual") return { publish: false, reason: "the project's rule leaves the decision to a person" };
  if (publishedId !== baselineId)
    return { publish: false, reason: "another checkpoint was published while it was trained; a person decides" };
  if (!baselineReport) return { publish: true, reason: "the project's first checkpoint" };
  const figures = `held-out accuracy ${percent(report.accuracy)} against ${percent(baselineReport.accuracy)}${paired ? ` (${sayDifference(paired)})` : ""}`;
  const allowance = `tolerance ${percent(rule.tolerance)}`;
  // Shares of the same prompts: without slack, 0.74 - 0.75 would differ from -0.01 in the last bit.
  return report.accuracy - baselineReport.accuracy >= -rule.tolerance - 1e-9
    ? { publish: true, reason: `${figures}, ${allowance}` }
    : { publish: false, reason: `${figures} is worse by more than the ${allowance}` };
}

/** "+1.2 points, 95 % from -0.3 to +2.6" */
function sayDifference({ accuracy, interval: [low, high] }: PairedDifference): string {
  return `${points(accuracy)} points, 95 % from ${points(low)} to ${points(high)}`;
}

function points(share: number): string {
  return `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
