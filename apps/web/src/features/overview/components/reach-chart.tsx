import { formatCount, formatPercent } from "@/components/ui/numbers";
import type { OverviewView } from "../views";

/** One row of the chart: a share in [0, 1], with its interval if there is one. */
export interface Reach {
  readonly name: string;
  readonly share: number | null;
  readonly interval?: readonly [number, number];
  /** Why there is no figure, or what it rests on. */
  readonly note: string;
  readonly main?: boolean;
}

/**
 * The published model between what costs nothing (chance, length) and what people reach among themselves, each against
 * single votes: agreement of people knows no merged vote. A report from before votes were counted has no point here.
 */
export function reachesOf({ published, agreement }: Pick<OverviewView, "published" | "agreement">): Reach[] {
  const votes = published?.report.votes;
  return [
    {
      name: "Published model",
      share: votes?.agreement ?? null,
      ...(votes ? { interval: votes.interval } : {}),
      note: votes ? "agreement with single votes of labelers" : whyNone(published),
      main: true,
    },
    {
      name: "Longer wins",
      share: votes?.longerWins ?? null,
      note: votes ? "the rule “the longer completion is better”" : "measured with the model",
    },
    {
      name: "Human agreement",
      share: agreement.pairs > 0 ? agreement.agreed / agreement.pairs : null,
      note:
        agreement.pairs > 0
          ? `members with each other, over ${formatCount(agreement.pairs)} shared comparisons`
          : "no prompt is ranked by two people yet",
    },
  ];
}

function whyNone(published: OverviewView["published"]): string {
  if (!published) return "nothing published";
  return `accuracy ${formatPercent(published.report.accuracy)} against the merged vote; the next checkpoint is measured against single votes, too`;
}

/** The scale begins below chance, so that a model worse than guessing is seen as such. */
const scale = { from: 0.4, to: 1 };
const at = (share: number) =>
  `${((Math.min(scale.to, Math.max(scale.from, share)) - scale.from) / (scale.to - scale.from)) * 100}%`;
const ticks = [0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Shares as points on one scale, chance marked at 50 %. Each row says its figure in words as well. */
export function ReachChart({ reaches }: { reaches: readonly Reach[] }) {
  return (
    <div>
      <ul className="flex flex-col gap-4">
        {reaches.map(({ name, share, interval, note, main }) => (
          <li key={name}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className={main ? "font-semibold" : "font-medium"}>{name}</span>
              <span className="tabular-nums">
                {share === null ? (
                  <span className="text-faint">–</span>
                ) : (
                  <span className={main ? "text-lg font-semibold" : "font-semibold"}>{formatPercent(share)}</span>
                )}
                {interval ? (
                  <span className="ml-2 text-xs whitespace-nowrap text-faint">
                    {formatPercent(interval[0])} to {formatPercent(interval[1])}
                  </span>
                ) : null}
              </span>
            </div>
            <div aria-hidden className="relative mt-1 h-4">
              <div className="absolute inset-x-0 top-1/2 h-px bg-line" />
              <div className="absolute inset-y-1 w-px bg-edge" style={{ left: at(0.5) }} />
              {interval ? (
                <div
                  className="absolute top-1/2 h-1 -translate-y-1/2 rounded-full bg-accent opacity-50"
                  style={{ left: at(interval[0]), right: `calc(100% - ${at(interval[1])})` }}
                />
              ) : null}
              {share === null ? null : (
                <div
                  className={`absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 ${
                    main ? "border-accent bg-accent" : "border-soft bg-raised"
                  }`}
                  style={{ left: at(share) }}
                />
              )}
            </div>
            <p className="text-xs text-faint">{note}</p>
          </li>
        ))}
      </ul>
      <div aria-hidden className="relative mt-3 h-4 border-t text-xs text-faint">
        {ticks.map((tick) => (
          <span
            key={tick}
            className="absolute top-0.5 -translate-x-1/2 whitespace-nowrap tabular-nums last:-translate-x-full"
            style={{ left: at(tick) }}
          >
            {tick === 0.5 ? "50 % chance" : tick * 100}
          </span>
        ))}
      </div>
    </div>
  );
}
