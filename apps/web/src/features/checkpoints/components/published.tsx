"use client";

import type { ProjectId } from "@borda/preferences";
import { Undo2 } from "lucide-react";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Figure } from "@/components/ui/figure";
import { formatCount, formatNumber, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { usePublishing } from "../use-publishing";
import { type CheckpointView, type PublicationView, shortId } from "../views";

/** What is served now, and the way back to what was served before. */
export function Published({
  projectId,
  published,
  checkpoints,
  history,
}: {
  projectId: ProjectId;
  published: CheckpointView;
  checkpoints: readonly CheckpointView[];
  history: readonly PublicationView[];
}) {
  const { rollBack } = usePublishing(projectId);
  const earlier = checkpoints.some((checkpoint) => checkpoint.served && servedBefore(history, checkpoint, published));
  const [since] = history;
  const { report } = published;
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          Published
          <Link
            href={`/projects/${projectId}/checkpoints/${published.id}`}
            className="rounded font-mono text-sm font-normal text-accent hover:underline"
          >
            {shortId(published.id)}
          </Link>
          <Badge tone="good">served</Badge>
        </span>
      }
      actions={
        earlier ? (
          <Button
            disabled={rollBack.isPending}
            onClick={() => rollBack.mutate({ projectId })}
            title="Serve again what was served before; publishing brings this one back"
          >
            <Undo2 size={16} aria-hidden /> Roll back
          </Button>
        ) : null
      }
    >
      <div className="flex flex-col gap-4">
        <ErrorNote error={rollBack.error} />
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <Figure
            label="Held-out accuracy"
            value={formatPercent(report.accuracy)}
            interval={[formatPercent(report.interval[0]), formatPercent(report.interval[1])]}
          />
          <Figure label="Longer wins" value={formatPercent(report.longerWins)} note="on the same prompts" />
          <Figure label="Log loss" value={formatNumber(report.logLoss)} note="0.693 is guessing" />
          <Figure
            label="Data"
            value={published.comparisons === null ? null : formatCount(published.comparisons)}
            unit="comparisons"
            note={sayPrompts(published)}
          />
        </div>
        {since ? (
          <p className="text-xs text-faint">
            Served since <RelativeTime at={since.createdAt} />, {since.reason}
            {since.publishedBy ? ` by ${since.publishedBy}` : null}.
          </p>
        ) : null}
      </div>
    </Card>
  );
}

/** Whether `one` was first served before `other` was: then there is something to roll back to. */
function servedBefore(history: readonly PublicationView[], one: CheckpointView, other: CheckpointView): boolean {
  const first = (checkpoint: CheckpointView) =>
    Math.min(...history.filter(({ checkpointId }) => checkpointId === checkpoint.id).map(({ id }) => id));
  return first(one) < first(other);
}

function sayPrompts({ trainPrompts, heldOutPrompts }: CheckpointView): string | undefined {
  if (trainPrompts === null || heldOutPrompts === null) return undefined;
  return `${formatCount(trainPrompts)} prompts trained on, ${formatCount(heldOutPrompts)} held out`;
}
