import type { ProjectId } from "@borda/preferences";
import Link from "next/link";
import { Flush } from "@/components/ui/flush";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateBadge } from "@/components/ui/state-badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { Outputs } from "@/trpc/client";
import { runWords, shownState } from "../state-words";

type Run = Outputs["training"]["runs"][number];

const triggers: Record<Run["trigger"], string> = {
  manual: "by hand",
  comparisons: "new comparisons",
  cron: "schedule",
};

/** Every run, newest first; each leads to its page. */
export function RunTable({ projectId, runs }: { projectId: ProjectId; runs: readonly Run[] }) {
  return (
    <Flush>
      <Table caption="Runs, newest first">
        <thead>
          <tr>
            <Th>Started</Th>
            <Th>State</Th>
            <Th>By</Th>
            <Th align="number">Step</Th>
            <Th align="number">Comparisons</Th>
            <Th align="number">Held-out accuracy</Th>
            <Th align="number">Took</Th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Tr key={run.id}>
              <Td>
                <Link
                  href={`/projects/${projectId}/training/${run.id}`}
                  className="rounded font-medium text-accent hover:underline"
                >
                  <RelativeTime at={run.startedAt ?? run.createdAt} />
                </Link>
              </Td>
              <Td>
                <StateBadge words={runWords} state={shownState(run)} />
              </Td>
              <Td className="whitespace-nowrap">{triggers[run.trigger]}</Td>
              <Td align="number">
                {run.steps === null ? "–" : `${formatCount(run.step)} of ${formatCount(run.steps)}`}
              </Td>
              <Td align="number">{run.comparisons === null ? "–" : formatCount(run.comparisons)}</Td>
              <Td align="number" className="whitespace-nowrap">
                {run.report ? (
                  <>
                    {formatPercent(run.report.accuracy)}{" "}
                    <span className="text-xs text-faint">
                      {formatPercent(run.report.interval[0], 0)} to {formatPercent(run.report.interval[1], 0)}
                    </span>
                  </>
                ) : (
                  "–"
                )}
              </Td>
              <Td align="number">{tookOf(run)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Flush>
  );
}

function tookOf({ startedAt, finishedAt }: Run): string {
  return startedAt && finishedAt ? formatDuration((finishedAt.getTime() - startedAt.getTime()) / 1000) : "–";
}
