import { median } from "../statistics";
import type { StepTimes } from "../step/shape";
import { table } from "../table";

/** Runtimes that compute the same have the same loss of the same weights, bfloat16's roundings included. */
const LOSS_TOLERANCE = 0.02;

/**
 * A line for each contestant, by all rounds; the first is what the others are compared with, by pairs of the same round.
 * `sameLoss`: whether all began with one loss, and so with one model and one batch.
 */
export function report(title: string, found: ReadonlyMap<string, readonly StepTimes[]>) {
  const [baseline] = found.values();
  const ratio = (rounds: readonly StepTimes[], of: (times: StepTimes) => readonly number[]) =>
    median(rounds.map((times, round) => median(of(baseline![round]!)) / median(of(times))));
  const rows = [...found].map(([name, rounds]) => {
    const all = rounds.flatMap(({ milliseconds }) => milliseconds);
    return [
      name,
      median(all).toFixed(0),
      Math.min(...all).toFixed(0),
      median(rounds.flatMap(({ processor }) => processor)).toFixed(0),
      `${ratio(rounds, ({ milliseconds }) => milliseconds).toFixed(2)} x`,
      `${ratio(rounds, ({ processor }) => processor).toFixed(2)} x`,
      Math.max(...rounds.map(({ restMiB }) => restMiB)).toFixed(0),
      Math.max(...rounds.map(({ peakMiB }) => peakMiB)).toFixed(0),
    ];
  });
  const heading = ["", "median ms", "best ms", "processor ms", "speed", "by processor", "MiB at rest", "peak MiB"];
  const losses = [...found.values()].flatMap((rounds) => rounds.map(({ firstLoss }) => firstLoss));
  const spread = Math.max(...losses) - Math.min(...losses);
  const sameLoss = spread <= LOSS_TOLERANCE;
  const text = [
    title,
    "",
    table(heading, rows),
    "",
    `Speed: times ${[...found.keys()][0]}, pairs of one round. First losses ${Math.min(...losses).toFixed(5)} to ${Math.max(...losses).toFixed(5)}${sameLoss ? "" : ": NOT THE SAME MODEL"}.`,
  ].join("\n");
  return { text, sameLoss };
}
