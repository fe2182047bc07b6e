import type { EvaluationReport, PairedDifference } from "@borda/preferences";
import { formatCount, formatNumber, formatPercent } from "@/components/ui/numbers";
import { Table, Td, Th, Tr } from "@/components/ui/table";

interface Metric {
  readonly name: string;
  /** undefined where a report is from before this was measured. */
  readonly of: (report: EvaluationReport) => number | undefined;
  readonly say: (value: number) => string;
  /** How the difference to the baseline is written; absent where a difference means nothing. */
  readonly sayDifference?: (difference: number) => string;
  readonly interval?: (report: EvaluationReport) => readonly [number, number] | undefined;
  /** Whether the paired difference is of this. */
  readonly paired?: true;
}

const points = (difference: number) => `${signed((difference * 100).toFixed(1))} points`;
const metrics: readonly Metric[] = [
  {
    name: "Accuracy",
    of: ({ accuracy }) => accuracy,
    say: formatPercent,
    sayDifference: points,
    interval: ({ interval }) => interval,
    paired: true,
  },
  {
    name: "Accuracy by prompt",
    of: ({ accuracyByPrompt }) => accuracyByPrompt,
    say: formatPercent,
    sayDifference: points,
  },
  {
    name: "Agreement with single votes",
    of: ({ votes }) => votes?.agreement,
    say: formatPercent,
    sayDifference: points,
    interval: ({ votes }) => votes?.interval,
  },
  {
    name: "Log loss",
    of: ({ logLoss }) => logLoss,
    say: (value) => formatNumber(value),
    sayDifference: (difference) => signed(difference.toFixed(3)),
  },
  { name: "Longer wins", of: ({ longerWins }) => longerWins, say: formatPercent },
  { name: "Mean reward", of: ({ rewardMean }) => rewardMean, say: (value) => formatNumber(value) },
  { name: "Deviation of rewards", of: ({ rewardDeviation }) => rewardDeviation, say: (value) => formatNumber(value) },
];

/** The figures of one report, or of two on the same prompts with their difference, which has an interval of its own. */
export function ReportTable({
  report,
  baseline,
  paired,
  names,
}: {
  report: EvaluationReport;
  baseline: EvaluationReport | null;
  paired: PairedDifference | null;
  names: readonly [report: string, baseline: string];
}) {
  return (
    <Table caption="Held-out figures">
      <thead>
        <tr>
          <Th>Held out</Th>
          <Th align="number">{names[0]}</Th>
          {baseline ? (
            <>
              <Th align="number">{names[1]}</Th>
              <Th align="number">Difference</Th>
            </>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <Tr key={metric.name}>
            <Td>{metric.name}</Td>
            <Td align="number">
              <Value metric={metric} report={report} />
            </Td>
            {baseline ? (
              <>
                <Td align="number">
                  <Value metric={metric} report={baseline} />
                </Td>
                <Td align="number">
                  {differenceOf(metric, report, baseline)}
                  {metric.paired && paired ? <Interval ends={paired.interval} say={inPoints} /> : null}
                </Td>
              </>
            ) : null}
          </Tr>
        ))}
        <Tr>
          <Td>Comparisons</Td>
          <Td align="number">{formatCount(report.comparisons)}</Td>
          {baseline ? (
            <>
              <Td align="number">{formatCount(baseline.comparisons)}</Td>
              <Td />
            </>
          ) : null}
        </Tr>
      </tbody>
    </Table>
  );
}

function Value({ metric, report }: { metric: Metric; report: EvaluationReport }) {
  const [value, ends] = [metric.of(report), metric.interval?.(report)];
  return (
    <>
      {value === undefined ? "–" : metric.say(value)}
      {ends ? <Interval ends={ends} say={formatPercent} /> : null}
    </>
  );
}

function differenceOf({ of, sayDifference }: Metric, report: EvaluationReport, baseline: EvaluationReport): string {
  const [one, other] = [of(report), of(baseline)];
  return sayDifference && one !== undefined && other !== undefined ? sayDifference(one - other) : "–";
}

function Interval({ ends: [low, high], say }: { ends: readonly [number, number]; say: (end: number) => string }) {
  return (
    <span className="block text-xs whitespace-nowrap text-faint">
      {say(low)} to {say(high)}
    </span>
  );
}

function inPoints(share: number): string {
  return signed((share * 100).toFixed(1));
}

function signed(text: string): string {
  return Number(text) === 0 ? "±0" : text.startsWith("-") ? `−${text.slice(1)}` : `+${text}`;
}
