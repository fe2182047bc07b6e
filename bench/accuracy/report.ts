import { meanWithin } from "../statistics";
import { table } from "../table";
import type { Run } from "../training/runs";

/** What Borda is compared with, by its name among the contestants. */
export const PEER = "PyTorch float32";

/** By the data's name and the contestant's: its runs, one a seed. */
export type Accuracies = Map<string, ReadonlyMap<string, readonly Run[]>>;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const points = (share: number) => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}`;

/** A table of all runs, and of Borda's the mean difference from the peer's with its 95 % interval over seeds. */
export function report(found: Accuracies): { readonly text: string; readonly noWorse: boolean } {
  let noWorse = true;
  const rows = [...found].flatMap(([data, contestants]) => {
    const peer = contestants.get(PEER)!;
    return [...contestants].map(([name, runs]) => {
      const { mean, reach } = meanWithin(runs.map(({ accuracy }, seed) => accuracy - peer[seed]!.accuracy));
      noWorse &&= mean + reach >= 0;
      const interval = Number.isFinite(reach) ? `${points(mean - reach)} to ${points(mean + reach)}` : "one seed";
      return [
        `${data}, ${name}`,
        runs.map(({ accuracy }) => percent(accuracy)).join(", "),
        runs.map(({ seconds }) => `${seconds.toFixed(0)} s`).join(", "),
        ...(name === PEER ? ["", ""] : [points(mean), interval]),
      ];
    });
  });
  const heading = ["", "held-out accuracy, by seed", "in all", "points to PyTorch", "95 % interval"];
  return { text: table(heading, rows), noWorse };
}
