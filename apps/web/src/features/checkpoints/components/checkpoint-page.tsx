"use client";

import type { CheckpointId, ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { PageHeading } from "@/components/shell/page-heading";
import { Badge } from "@/components/ui/badge";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Flush } from "@/components/ui/flush";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { Curves } from "@/features/training/components/curves";
import { RecipeTable } from "@/features/training/components/recipe-table";
import { useTRPC } from "@/trpc/client";
import { usePublishing } from "../use-publishing";
import { type CheckpointView, shortId } from "../views";
import { ReportTable } from "./report-table";

/** One checkpoint with all that made it: figures, curves, recipe, data. */
export function CheckpointPage({ projectId, checkpointId }: { projectId: ProjectId; checkpointId: CheckpointId }) {
  const trpc = useTRPC();
  const shelf = useQuery(trpc.checkpoints.shelf.queryOptions({ projectId }));
  const checkpoint = shelf.data?.checkpoints.find(({ id }) => id === checkpointId);
  const { publish } = usePublishing(projectId);
  return (
    <>
      <PageHeading
        title={
          <>
            Checkpoint <code className="font-mono">{shortId(checkpointId)}</code>
          </>
        }
        description={
          checkpoint ? (
            <span className="flex flex-wrap items-center gap-2">
              {checkpoint.published ? <Badge tone="good">published</Badge> : null}
              <span>
                trained <RelativeTime at={checkpoint.createdAt} />
              </span>
            </span>
          ) : null
        }
        actions={
          <>
            <LinkButton href={`/projects/${projectId}/checkpoints`} variant="quiet">
              <ArrowLeft size={16} aria-hidden /> All checkpoints
            </LinkButton>
            {checkpoint && !checkpoint.published ? (
              <Button variant="primary" disabled={publish.isPending} onClick={() => publish.mutate({ checkpointId })}>
                Publish
              </Button>
            ) : null}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={shelf.error ?? publish.error} />
        {shelf.data && !checkpoint ? (
          <ErrorNote error={new Error("This checkpoint is not in this project. Go back to all checkpoints.")} />
        ) : null}
        {checkpoint ? (
          <Facts checkpoint={checkpoint} />
        ) : shelf.data || shelf.error ? null : (
          <Skeleton className="h-96" />
        )}
      </div>
    </>
  );
}

function Facts({ checkpoint }: { checkpoint: CheckpointView }) {
  const trpc = useTRPC();
  const curves = useQuery(
    trpc.checkpoints.curves.queryOptions({ runId: checkpoint.runId }, { staleTime: Number.POSITIVE_INFINITY }),
  );
  const { report, baselineReport, baselineId, paired } = checkpoint;
  return (
    <>
      <Card title="Measured on held-out prompts">
        <Flush>
          <ReportTable
            report={report}
            baseline={baselineReport}
            paired={paired}
            names={["This checkpoint", baselineId ? `Checkpoint ${shortId(baselineId)}` : ""]}
          />
        </Flush>
      </Card>
      <ErrorNote error={curves.error} />
      {curves.data ? (
        <Curves loss={curves.data.loss} accuracy={curves.data.accuracy} longerWins={report.longerWins} />
      ) : curves.error ? null : (
        <Skeleton className="h-72" />
      )}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card title="Recipe">
          <RecipeTable recipe={checkpoint.recipe} />
        </Card>
        <Card title="Data and files">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            <dt className="text-faint">Trained on</dt>
            <dd className="tabular-nums">{formatCount(checkpoint.trainPrompts ?? 0)} prompts</dd>
            <dt className="text-faint">Held out</dt>
            <dd className="tabular-nums">{formatCount(checkpoint.heldOutPrompts ?? 0)} prompts</dd>
            <dt className="text-faint">Comparisons</dt>
            <dd className="tabular-nums">{formatCount(checkpoint.comparisons ?? 0)}</dd>
            <dt className="text-faint">Snapshot</dt>
            <dd className="font-mono text-xs leading-5 break-all">{checkpoint.dataHash ?? "–"}</dd>
            <dt className="text-faint">Folder</dt>
            <dd className="tabular-nums">{formatBytes(checkpoint.bytes)}</dd>
            <dt className="text-faint">SHA-256</dt>
            <dd className="font-mono text-xs leading-5 break-all">{checkpoint.sha256}</dd>
            <dt className="text-faint">Id</dt>
            <dd className="font-mono text-xs leading-5 break-all">{checkpoint.id}</dd>
          </dl>
        </Card>
      </div>
    </>
  );
}
