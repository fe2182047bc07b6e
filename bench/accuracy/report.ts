import type { Run } from "./runs";

export interface Outcome {
  readonly data: string;
  readonly seed: number;
  readonly borda: Run;
  readonly peer: Run;
}

/** Student's t at 97.5 % by degrees of freedom; beyond these the normal's is near enough. */
const student = [Number.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
const normal = 1.96;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const points = (share: number) => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}`;

/** A table of all runs, and of each data the mean difference with its 95 % interval over seeds. */
export function report(outcomes: readonly Outcome[]): { readonly text: string; readonly noWorse: boolean } {
  const rows = outcomes.map(({ data, seed, borda, peer }) =>
    [
      data,
      seed,
      ...[borda, peer].flatMap(({ accuracy, seconds }) => [percent(accuracy), `${seconds.toFixed(0)} s`]),
    ].join(" | "),
  );
  const summaries = [...new Set(outcomes.map(({ data }) => data))].map((data) => {
    const differences = outcomes
      .filter((outcome) => outcome.data === data)
      .map(({ borda, peer }) => borda.accuracy - peer.accuracy);
    const { mean, reach } = intervalOf(differences);
    const spread = Number.isFinite(reach)
      ? `95 % interval ${points(mean - reach)} to ${points(mean + reach)}`
      : "one seed";
    return { line: `${data}: Borda ${points(mean)} points (${spread})`, noWorse: mean + reach >= 0 };
  });
  const head = ["| data | seed | Borda | | PyTorch | |", "|---|---|---|---|---|---|"];
  const text = [...head, ...rows.map((row) => `| ${row} |`), "", ...summaries.map(({ line }) => line)].join("\n");
  return { text, noWorse: summaries.every(({ noWorse }) => noWorse) };
}

/** Mean and half the width of its interval. */
function intervalOf(values: readonly number[]): { readonly mean: number; readonly reach: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const freedom = values.length - 1;
  if (freedom === 0) return { mean, reach: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  return { mean, reach: (student[freedom] ?? normal) * Math.sqrt(variance / values.length) };
}
