import type { Scores } from "./programs";

export interface Compared {
  readonly library: string;
  /** Rows that it scored. */
  readonly rows: number;
  /** Largest difference to Borda's reward. */
  readonly largest: number;
  /** Kendall's tau between its order of the rows and Borda's: 1 for the same. */
  readonly tau: number;
  readonly passed: boolean;
  readonly remark: string;
}

/** Compares one library's rewards with Borda's; the one that is not exact passes whatever it gives. */
export function compare(
  borda: readonly number[],
  { library, rewards, exact, fault }: Scores,
  tolerance: number,
): Compared {
  const pairs = rewards.flatMap((reward, row) => (reward === null ? [] : [[borda[row]!, reward] as const]));
  const differences = pairs.map(([expected, actual]) => Math.abs(expected - actual));
  const largest = Math.max(...differences);
  const within = !exact || differences.every((difference) => difference <= tolerance); // NaN is not
  const remark = fault ?? (exact ? (within ? "" : "differs") : "not judged");
  return {
    library,
    rows: pairs.length,
    largest,
    tau: kendall(pairs),
    passed: within && !fault && pairs.length > 0,
    remark,
  };
}

/** Pairs in the same order less those in the opposite one, over all (Kendall 1938); ties count for neither. */
export function kendall(values: readonly (readonly [number, number])[]): number {
  let [sum, count] = [0, 0];
  values.forEach(([x, y], i) => {
    for (const [otherX, otherY] of values.slice(i + 1)) {
      sum += Math.sign(x - otherX) * Math.sign(y - otherY);
      count += 1;
    }
  });
  return count === 0 ? 1 : sum / count;
}

export function tableOf(compared: readonly Compared[], tolerance: number): string {
  const heading = ["library", "rows", "largest difference", "Kendall's tau", `within ${tolerance}`];
  const lines = compared.map(({ library, rows, largest, tau, passed, remark }) => [
    library,
    String(rows),
    largest.toExponential(1),
    tau.toFixed(3),
    remark || (passed ? "yes" : "no"),
  ]);
  const widths = heading.map((_, column) => Math.max(...[heading, ...lines].map((line) => line[column]!.length)));
  return [heading, ...lines]
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
