import type { RoadRow } from "./road-data";

/** Two good rows, and bad ones of several kinds. */
export function mixedLines(good: readonly RoadRow[]): string {
  const foreign = { prompt: "Foreign tier", completions: [{ text: "a" }, { text: "b" }], tiers: [[0], [7]] };
  const rows = [
    ...good.map((row) => JSON.stringify(row)),
    "{not json",
    JSON.stringify({ prompt: "No completions" }),
    JSON.stringify(foreign),
    JSON.stringify({ prompt: 7, completions: [] }),
  ];
  return `${rows.join("\n")}\n`;
}
