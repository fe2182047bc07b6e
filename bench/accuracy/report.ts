import { meanWithin } from "../statistics";
import type { Run } from "../training/runs";

export interface Outcome {
  readonly data: string;
  readonly seed: number;
  readonly borda: Run;
  readonly peer: Run;
}

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
    const { mean, reach } = meanWithin(differences);
    const spread = Number.isFinite(reach)
      ? `95 % interval ${points(mean - reach)} to ${points(mean + reach)}`
      : "one seed";
    return { line: `${data}: Borda ${points(mean)} points (${spread})`, noWorse: mean + reach >= 0 };
  });
  const head = ["| data | seed | Borda | | PyTorch | |", "|---|---|---|---|---|---|"];
  const text = [...head, ...rows.map((row) => `| ${row} |`), "", ...summaries.map(({ line }) => line)].join("\n");
  return { text, noWorse: summaries.every(({ noWorse }) => noWorse) };
}
