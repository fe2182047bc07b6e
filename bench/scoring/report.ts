import { kendall } from "@borda/scripts/comparison";
import { median } from "../statistics";
import { table } from "../table";
import type { Scored, Workload } from "./job";

type Rounds = readonly (readonly Scored[])[];

/** Speed of Borda's two precisions beside the peer's, workload by workload, and how far int8 keeps the order. */
export function report(workloads: readonly Workload[], found: ReadonlyMap<string, Rounds>): string {
  const [peer, float32, int8] = [...found.values()] as [Rounds, Rounds, Rounds];
  const of = (rounds: Rounds, name: string) => rounds.map((round) => round.find((each) => each.name === name)!);
  const lines = workloads.flatMap(({ name, groups }) => {
    const completions = groups.reduce((sum, each) => sum + each.completions.length, 0);
    const [one, other] = [of(float32, name), of(int8, name)];
    const sorted = peer[0]!.some((each) => each.name === `${name}, sorted`) ? [`${name}, sorted`] : [];
    return [name, ...sorted].map((way) => {
      const beside = of(peer, way);
      const pace = (runs: readonly Scored[]) => median(runs.map(({ seconds }) => completions / seconds)).toFixed(1);
      const times = (runs: readonly Scored[], by: (run: Scored) => number) =>
        `${median(runs.map((run, round) => by(beside[round]!) / by(run))).toFixed(2)} x`;
      const both = (runs: readonly Scored[]) => [
        pace(runs),
        times(runs, ({ seconds }) => seconds),
        times(runs, ({ processor }) => processor),
      ];
      return [way, pace(beside), beside[0]!.way, ...both(one), ...both(other)];
    });
  });
  const heading = [
    "rewards a second",
    "PyTorch",
    "its best",
    "float32",
    "",
    "by processor",
    "int8",
    "",
    "by processor",
  ];
  return [table(heading, lines), "", ...agreement(workloads.at(-1)!, peer[0]!, float32[0]!, int8[0]!)].join("\n");
}

/** How far the last workload's rewards agree. */
function agreement({ name, groups }: Workload, peer: Rounds[number], one: Rounds[number], other: Rounds[number]) {
  const rewards = (round: Rounds[number]) => round.find((each) => each.name === name)!.rewards;
  const pairs = rewards(one).map((reward, i) => [reward, rewards(other)[i]!] as const);
  const farthest = Math.max(...rewards(one).map((reward, i) => Math.abs(reward - rewards(peer)[i]!)));
  let at = 0;
  let [flipped, compared] = [0, 0];
  for (const { completions } of groups) {
    const own = pairs.slice(at, at + completions.length);
    at += completions.length;
    const tau = kendall(own);
    const count = (own.length * (own.length - 1)) / 2;
    flipped += (count * (1 - tau)) / 2;
    compared += count;
  }
  return [
    `float32 is at most ${farthest.toExponential(1)} off PyTorch's rewards.`,
    `int8 beside float32, ${name}: Kendall's tau ${kendall(pairs).toFixed(3)} over all completions; of the pairs of one prompt ${((100 * flipped) / compared).toFixed(1)} % flipped.`,
  ];
}
