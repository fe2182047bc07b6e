"use client";

import type { ProjectId, RunId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Badge } from "@/components/ui/badge";
import { Button, LinkButton } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { StateBadge } from "@/components/ui/state-badge";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";
import { emptyRunView, followRun, type RunView } from "../run-view";
import { runWords, shownState } from "../state-words";
import { isActive, type RunSummary } from "../views";
import { Curves } from "./curves";
import { RunFacts } from "./run-facts";
import { RunFigures } from "./run-figures";
import { RunLog } from "./run-log";

/** One run as it happens. The page may be closed and opened again: it begins with all that was. */
export function LiveRun({ projectId, runId }: { projectId: ProjectId; runId: RunId }) {
  const trpc = useTRPC();
  const [run, setRun] = useState<RunSummary | null>(null);
  const [view, setView] = useState<RunView>(emptyRunView);
  const feed = useSubscription(
    trpc.training.follow.subscriptionOptions(
      { runId },
      {
        onData: ({ data }) => {
          setRun(data.run);
          setView((before) => followRun(before, data.events));
        },
      },
    ),
  );
  const quiet = run !== null && isActive(run.state) && feed.status === "connecting";
  return (
    <>
      <PageHeading
        title="Training"
        description={
          run ? (
            <span className="flex flex-wrap items-center gap-2">
              <StateBadge words={runWords} state={shownState(run)} />
              <span>
                asked for <RelativeTime at={run.createdAt} />
              </span>
              {quiet ? <Badge tone="warn">reconnecting</Badge> : null}
            </span>
          ) : null
        }
        actions={run ? <Actions projectId={projectId} run={run} /> : null}
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={run === null && feed.status === "error" ? feed.error : null} />
        {run ? <Story run={run} view={view} projectId={projectId} /> : feed.status === "error" ? null : <Shape />}
      </div>
    </>
  );
}

function Story({ projectId, run, view }: { projectId: ProjectId; run: RunSummary; view: RunView }) {
  const loss = useMemo(() => view.steps.map(({ step, loss }) => [step, loss] as const), [view.steps]);
  const accuracy = useMemo(
    () => view.evaluations.map(({ step, report }) => ({ step, accuracy: report.accuracy, interval: report.interval })),
    [view.evaluations],
  );
  const report = view.evaluations.at(-1)?.report ?? null;
  return (
    <>
      {run.state === "FAILED" ? (
        <ErrorNote error={new Error([run.error, run.remedy].filter(Boolean).join("\n"))} />
      ) : null}
      {run.state === "QUEUED" ? (
        <p className="rounded-lg border bg-raised p-4 text-soft">
          It waits for a worker. If this lasts, look whether the worker runs: npm start starts it.
        </p>
      ) : null}
      <RunFigures run={run} view={view} />
      {run.startedAt ? <Curves loss={loss} accuracy={accuracy} longerWins={report?.longerWins ?? null} /> : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <RunLog log={view.log} />
        <RunFacts projectId={projectId} run={run} plan={view.plan} />
      </div>
    </>
  );
}

function Actions({ projectId, run }: { projectId: ProjectId; run: RunSummary }) {
  const trpc = useTRPC();
  const router = useRouter();
  const cancel = useMutation(trpc.training.cancel.mutationOptions());
  const retry = useMutation(
    trpc.training.retry.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/projects/${projectId}/training/${runId}`),
    }),
  );
  const stopping = run.cancelRequested || cancel.isPending || cancel.isSuccess;
  const failure = cancel.error ?? retry.error;
  return (
    <>
      {failure ? <p className="basis-full text-right text-xs text-bad">{failureOf(failure).message}</p> : null}
      <LinkButton href={`/projects/${projectId}/training`} variant="quiet">
        All runs
      </LinkButton>
      {isActive(run.state) ? (
        <Button disabled={stopping} onClick={() => cancel.mutate({ runId: run.id })}>
          {stopping ? "Stopping…" : "Cancel"}
        </Button>
      ) : null}
      {run.state === "FAILED" || run.state === "CANCELLED" ? (
        <Button
          variant="primary"
          disabled={retry.isPending || retry.isSuccess}
          onClick={() => retry.mutate({ runId: run.id })}
        >
          Retry
        </Button>
      ) : null}
      {run.checkpointId ? (
        <LinkButton
          href={`/projects/${projectId}/checkpoints`}
          variant={run.state === "EVALUATED" ? "primary" : "secondary"}
        >
          {run.state === "EVALUATED" ? "Compare and publish" : "See the checkpoint"}
        </LinkButton>
      ) : null}
    </>
  );
}

function Shape() {
  return (
    <>
      <Skeleton className="h-28" />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </div>
    </>
  );
}
