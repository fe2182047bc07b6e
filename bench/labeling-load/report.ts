import { table } from "../table";
import type { BordaFigures } from "./borda";
import type { ServerFigures } from "./measure";

/** Borda's promises, in the words of the issue that ordered this bench. */
const promised = {
  next: "under 50 ms",
  submit: "under 100 ms",
  pairs: "at least 60",
  bytes: "at most 0.6 MB",
  ready: "under 1000 ms",
} as const;

/** What was measured, Borda beside its promises and the peers; nothing here was measured elsewhere. */
export function report(borda: BordaFigures, peers: readonly ServerFigures[]): string {
  const all = [borda, ...peers];
  const row = (what: string, promise: string, cellOf: (figures: ServerFigures) => string) => [
    what,
    promise,
    ...all.map(cellOf),
  ];
  const { thoughtful, rankings, broken } = borda;
  const own = (what: string, promise: string, cell: string) => [what, promise, cell, ...peers.map(() => "")];
  const rows = [
    row("prompts of 4 completions", "", ({ prompts }) => `${prompts}`),
    row("imported in", "", ({ importSeconds }) => `${importSeconds.toFixed(1)} s`),
    own("20 with thought: next, p95", promised.next, ms(thoughtful.next.p95)),
    own("20 with thought: submit, p95", promised.submit, ms(thoughtful.submit.p95)),
    row("8 without: next, p50", "", ({ hurried }) => ms(hurried.next.p50)),
    row("8 without: next, p95", "", ({ hurried }) => ms(hurried.next.p95)),
    row("8 without: submit, p50", "", ({ hurried }) => ms(hurried.submit.p50)),
    row("8 without: submit, p95", "", ({ hurried }) => ms(hurried.submit.p95)),
    row("8 without: pairs a second", promised.pairs, ({ hurried }) => hurried.pairsPerSecond.toFixed(1)),
    row("8 without: failed requests", "", ({ hurried }) => `${hurried.failures.length}`),
    row("page, cold", promised.bytes, ({ page }) => (page ? megabytes(page.bytes) : "no Chromium")),
    row("page, ready", promised.ready, ({ page }) => (page ? ms(page.readyMs) : "no Chromium")),
    row("ranked too often", "none", ({ small }) => `${small.tooOften} of ${small.tasks}`),
    row("ranked too seldom", "none", ({ small }) => `${small.tooSeldom} of ${small.tasks}`),
    row("a completion twice", "refused", ({ nonsense }) => nonsense.repeated),
    row("a foreign completion", "refused", ({ nonsense }) => nonsense.foreign),
  ];
  return [
    table(["", "promised", ...all.map(({ name }) => name)], rows),
    "",
    ...(broken.length === 0
      ? [`Every promise about what Borda stores held; ${rankings} rankings confirmed and found again.`]
      : ["BROKEN:", ...broken.slice(0, 20)]),
    ...peers.flatMap(({ name, hurried }) =>
      [...new Set(hurried.failures)].slice(0, 3).map((line) => `${name}: ${line}`),
    ),
  ].join("\n");
}

function ms(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : "none";
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
