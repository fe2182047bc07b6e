import type { EvaluationReport } from "@borda/preferences";

/** Progress, for people: never on stdout, which is for results. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line of result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A report under the names that scripts read. */
export function reportJson(report: EvaluationReport) {
  return {
    prompts: report.prompts,
    comparisons: report.comparisons,
    accuracy: report.accuracy,
    accuracy_by_prompt: report.accuracyByPrompt,
    interval: report.interval,
    log_loss: report.logLoss,
    longer_wins: report.longerWins,
    reward_mean: report.rewardMean,
    reward_deviation: report.rewardDeviation,
    ...(report.votes ? { votes: votesJson(report.votes) } : {}),
  };
}

function votesJson({ count, agreement, interval, longerWins }: NonNullable<EvaluationReport["votes"]>) {
  return { count, agreement, interval, longer_wins: longerWins };
}

export function reportText(report: EvaluationReport): string {
  if (report.comparisons === 0) return "no comparison was held out, so nothing is known of unseen prompts";
  const [low, high] = report.interval;
  return (
    `accuracy ${percent(report.accuracy)} (95 % interval ${percent(low)} to ${percent(high)}) on ` +
    `${report.comparisons} comparisons of ${report.prompts} prompts; by prompt ${percent(report.accuracyByPrompt)}, ` +
    `log loss ${report.logLoss.toFixed(4)}, longer wins ${percent(report.longerWins)}${votesText(report)}`
  );
}

function votesText({ votes }: EvaluationReport): string {
  if (!votes) return "";
  const [low, high] = votes.interval;
  return (
    `; agreement with ${votes.count} single votes of labelers ${percent(votes.agreement)} ` +
    `(95 % interval ${percent(low)} to ${percent(high)})`
  );
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
