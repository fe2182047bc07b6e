import { Figure } from "@/components/ui/figure";
import { formatCompact, formatCount, formatDuration, formatNumber, formatPercent } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import { type RunView, smooth } from "../run-view";
import { isActive, type RunSummary } from "../views";

/** Where a run stands, in figures. */
export function RunFigures({ run, view }: { run: RunSummary; view: RunView }) {
  const last = view.steps.at(-1);
  const loss = smooth(view.steps.map((step) => step.loss)).at(-1);
  const report = view.evaluations.at(-1)?.report;
  const step = last?.step ?? run.step;
  const steps = view.plan?.steps ?? run.steps;
  const active = isActive(run.state);
  const took = run.startedAt && run.finishedAt ? (run.finishedAt.getTime() - run.startedAt.getTime()) / 1000 : null;
  return (
    <section className="flex flex-col gap-4 rounded-lg border bg-raised p-4">
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-5">
        <Figure label="Step" value={steps === null ? null : formatCount(step)} unit={`of ${formatCount(steps ?? 0)}`} />
        <Figure
          label="Loss"
          value={loss === undefined ? null : formatNumber(loss)}
          note={last ? `last step ${formatNumber(last.loss)}` : undefined}
        />
        <Figure
          label="Held-out accuracy"
          value={report ? formatPercent(report.accuracy) : null}
          interval={report ? [formatPercent(report.interval[0]), formatPercent(report.interval[1])] : undefined}
          note={report ? `longer wins ${formatPercent(report.longerWins)}` : "not measured yet"}
        />
        <Figure
          label="Speed"
          value={last ? formatCompact(last.tokensPerSecond) : null}
          unit="tokens/s"
          note={last ? `${formatCompact(last.tokens)} tokens so far` : undefined}
        />
        {active ? (
          <Figure label="Time left" value={last ? formatDuration(last.secondsLeft) : null} />
        ) : (
          <Figure label="Took" value={took === null ? null : formatDuration(took)} />
        )}
      </div>
      {active ? (
        <Progress
          label={run.state === "QUEUED" ? "Waiting for a worker" : steps === null ? "Preparing the data" : "Training"}
          value={steps === null ? null : step}
          max={steps ?? 1}
          detail={steps === null ? null : formatPercent(step / Math.max(1, steps), 0)}
        />
      ) : null}
    </section>
  );
}
