"use client";

import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Flush } from "@/components/ui/flush";
import { formatCount, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { type Standing, standingOf } from "../standing";
import { usePublishing } from "../use-publishing";
import { type CheckpointView, shortId } from "../views";
import { ReportTable } from "./report-table";

const tones: Record<Standing["verdict"], Tone> = { first: "accent", better: "good", equal: "neutral", worse: "warn" };

/** The newest checkpoint beside the one it would replace, on the SAME held-out prompts. */
export function Candidate({ candidate, published }: { candidate: CheckpointView; published: CheckpointView | null }) {
  const { publish } = usePublishing(candidate.projectId);
  const standing = standingOf(candidate.report, candidate.baselineReport, candidate.paired);
  const stale = candidate.baselineId !== null && candidate.baselineId !== published?.id;
  return (
    <Card
      className="border-accent"
      title={
        <span className="flex flex-wrap items-center gap-2">
          Candidate <code className="font-mono text-sm font-normal text-faint">{shortId(candidate.id)}</code>
          <Badge tone={tones[standing.verdict]}>{sayVerdict(standing)}</Badge>
        </span>
      }
      actions={
        <Button
          variant="primary"
          disabled={publish.isPending}
          onClick={() => publish.mutate({ checkpointId: candidate.id })}
        >
          Publish
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <ErrorNote error={publish.error} />
        <p className="text-soft">
          Trained <RelativeTime at={candidate.createdAt} /> on {formatCount(candidate.trainPrompts ?? 0)} prompts.{" "}
          {candidate.baselineReport
            ? `Both are measured on the same ${formatCount(candidate.report.prompts)} held-out prompts.`
            : `Measured on ${formatCount(candidate.report.prompts)} held-out prompts. There is nothing to stand beside yet.`}
          {stale
            ? ` Beside it stands ${shortId(candidate.baselineId!)}, which was published when the run began.`
            : null}
        </p>
        <Flush>
          <ReportTable
            report={candidate.report}
            baseline={candidate.baselineReport}
            paired={candidate.paired}
            names={["Candidate", stale ? `Checkpoint ${shortId(candidate.baselineId!)}` : "Published"]}
          />
        </Flush>
        {candidate.report.accuracy < candidate.report.longerWins ? (
          <p className="text-xs text-faint">
            “The longer completion wins” does better on these prompts: more rankings may help.
          </p>
        ) : null}
        {standing.difference && !standing.clear ? (
          <p className="text-xs text-faint">
            {standing.interval
              ? "The 95 % interval of the difference holds 0: on so few held-out prompts it may be chance."
              : "The 95 % intervals overlap: on so few held-out prompts the difference may be chance."}
          </p>
        ) : null}
      </div>
    </Card>
  );
}

function sayVerdict({ verdict, difference }: Standing): string {
  if (verdict === "first" || difference === null) return "the first";
  if (verdict === "equal") return "as good";
  return `${formatPercent(Math.abs(difference)).replace(" %", "")} points ${verdict}`;
}
