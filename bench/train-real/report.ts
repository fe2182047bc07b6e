import { meanWithin, median } from "../statistics";
import { table } from "../table";
import type { Run } from "../training/runs";

/** A line for each contestant; the first two are the peers that the others are compared with, seed by seed. */
export function report(found: ReadonlyMap<string, readonly Run[]>): string {
  const [trl, groups] = [...found.values()] as [readonly Run[], readonly Run[]];
  const times = (runs: readonly Run[], peer: readonly Run[], speed: (run: Run) => number) =>
    `${median(runs.map((run, seed) => speed(run) / speed(peer[seed]!))).toFixed(2)} x`;
  const tokens = ({ tokensPerSecond }: Run) => tokensPerSecond;
  const epochs = ({ epochSeconds }: Run) => 1 / epochSeconds;
  const rows = [...found].map(([name, runs]) => [
    name,
    median(runs.map(tokens)).toFixed(0),
    times(runs, trl, tokens),
    times(runs, groups, tokens),
    median(runs.map(({ epochSeconds }) => epochSeconds)).toFixed(1),
    times(runs, trl, epochs),
    median(runs.map(({ seconds }) => seconds)).toFixed(0),
    accuracyOf(runs),
    runs[0]!.padding === undefined ? "" : `${(100 * runs[0]!.padding).toFixed(1)} %`,
    String(runs[0]!.pairsDropped),
  ]);
  const heading = ["", "tokens/s", "to TRL", "to PyTorch", "s an epoch", "to TRL", "s in all", "held-out", "padding"];
  return table([...heading, "pairs dropped"], rows);
}

function accuracyOf(runs: readonly Run[]): string {
  const { mean, reach } = meanWithin(runs.map(({ accuracy }) => 100 * accuracy));
  return `${mean.toFixed(1)}${Number.isFinite(reach) ? ` ± ${reach.toFixed(1)}` : ""} %`;
}
