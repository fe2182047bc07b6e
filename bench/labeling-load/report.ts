import type { PageFigures } from "./page";

export interface Figures {
  readonly prompts: number;
  readonly importSeconds: number;
  /** 20 labelers with thought; milliseconds. */
  readonly next: Quantiles;
  readonly submit: Quantiles;
  /** 8 clients without thought. */
  readonly pairsPerSecond: number;
  readonly rankings: number;
  readonly page: PageFigures | null;
  /** Promises that did not hold. */
  readonly broken: readonly string[];
}

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}

/**
 * The figures beside what was promised and what others reach. Theirs were measured with 8 clients on 20 000 tasks when
 * this bench was ordered; they are quoted, not measured here.
 */
export function report({
  prompts,
  importSeconds,
  next,
  submit,
  pairsPerSecond,
  rankings,
  page,
  broken,
}: Figures): string {
  const rows = [
    ["", "Borda", "promised", "Label Studio", "Potato"],
    ["next, p50", ms(next.p50), "", "", ""],
    ["next, p95", ms(next.p95), "under 50 ms", "3.5 s", "0.8 s"],
    ["submit, p50", ms(submit.p50), "", "", ""],
    ["submit, p95", ms(submit.p95), "under 100 ms", "1.6 s", "0.6 s"],
    ["pairs a second", pairsPerSecond.toFixed(1), "at least 60", "3.5", "21"],
    ["ranking page, cold", page ? megabytes(page.bytes) : "no Chromium", "at most 0.6 MB", "8 MB", "1.5 MB"],
    ["ranking page, ready", page ? ms(page.readyMs) : "no Chromium", "under 1 s", "", ""],
    ["ranked too often", broken.length === 0 ? "none" : "see below", "none", "34 of 200", "30 to 200 of 200"],
  ];
  return [
    `${prompts} prompts, imported in ${importSeconds.toFixed(1)} s; ${rankings} rankings confirmed and found again.`,
    `next and submit: 20 labelers, 0.5 to 2 s of thought, ${next.count} tasks. Pairs: 8 clients without thought.`,
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(column === 0 ? 22 : 18))
        .join("")
        .trimEnd(),
    ),
    ...(broken.length === 0 ? ["Every promise held."] : ["BROKEN:", ...broken.slice(0, 20)]),
  ].join("\n");
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
