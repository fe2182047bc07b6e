"use client";

import type { EvaluationReport, ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Figure } from "@/components/ui/figure";
import { formatCount, formatPercent } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { RankYourself } from "@/features/labelers/components/rank-yourself";
import { useTRPC } from "@/trpc/client";
import type { OverviewView } from "../views";
import { PaceBars } from "./pace-bars";
import { ReachChart, reachesOf } from "./reach-chart";

/** What came in, what the published model reaches beside what humans reach, and what to do next. */
export function Overview({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const overview = useQuery(
    trpc.overview.get.queryOptions(
      { projectId },
      // Whoever has just loaded the demo or a first file waits for it.
      { refetchInterval: ({ state }) => (state.data?.stats.prompts === 0 ? 1_000 : 10_000) },
    ),
  );
  const { data } = overview;
  return (
    <>
      <PageHeading title="Overview" description="What came in, what the model reaches, what to do next." />
      <div className="flex flex-col gap-4">
        <ErrorNote
          error={overview.error}
          action={
            <Button size="sm" onClick={() => overview.refetch()}>
              Try again
            </Button>
          }
        />
        {data ? <Answers projectId={projectId} overview={data} /> : overview.error ? null : <Shape />}
      </div>
    </>
  );
}

function Answers({ projectId, overview }: { projectId: ProjectId; overview: OverviewView }) {
  const { stats, published, next } = overview;
  const home = `/projects/${projectId}`;
  const tasks = stats.tasksDone + stats.tasksOpen;
  return (
    <>
      <section className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border border-accent bg-wash px-4 py-4">
        <div className="min-w-0 flex-1 basis-64">
          <p className="eyebrow">Next</p>
          <h2 className="text-lg font-semibold">{next.title}</h2>
          <p className="text-soft">{next.why}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {stats.tasksOpen > 0 ? <RankYourself projectId={projectId} /> : null}
          <LinkButton href={next.href} variant="primary">
            {next.action} <ArrowRight size={16} aria-hidden />
          </LinkButton>
        </div>
      </section>

      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Card title="What came in">
          <div className="grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-4">
            <Figure label="Prompts" value={formatCount(stats.prompts)} />
            <Figure label="Completions" value={formatCount(stats.completions)} />
            <Figure
              label="Rankings"
              value={formatCount(stats.rankings.made + stats.rankings.imported)}
              note={stats.rankings.imported > 0 ? `${formatCount(stats.rankings.imported)} imported` : "all made here"}
            />
            <Figure
              label="Comparisons"
              value={formatCount(stats.comparisons)}
              note={
                published
                  ? `${formatCount(stats.newComparisons)} new since the published checkpoint`
                  : "none trained on yet"
              }
            />
          </div>
          <div className="mt-5">
            <Progress
              label="Tasks ranked"
              value={stats.tasksDone}
              max={Math.max(1, tasks)}
              detail={`${formatCount(stats.tasksDone)} of ${formatCount(tasks)}`}
            />
          </div>
          <PaceBars pace={overview.pace} labelers={stats.labelers} href={`${home}/labelers`} />
        </Card>

        <Card
          title="What the model reaches"
          actions={
            published ? (
              <Link className="rounded text-accent hover:underline" href={`${home}/checkpoints`}>
                published <RelativeTime at={published.publishedAt} />
              </Link>
            ) : null
          }
        >
          <ReachChart reaches={reachesOf(overview)} />
          {published ? (
            <ReachNote report={published.report} />
          ) : (
            <p className="mt-3 text-soft">
              Nothing is published yet: train on what is ranked, and publish the checkpoint.
            </p>
          )}
        </Card>
      </div>
    </>
  );
}

function ReachNote({ report: { votes, accuracy } }: { report: EvaluationReport }) {
  return votes ? (
    <p className="mt-3 text-xs text-faint">
      The model's share is of {formatCount(votes.count)} votes on held-out prompts, each labeler's counted by itself, as
      human agreement counts how one labeler votes beside another, on all prompts. The line is the 95 % interval, by
      prompt. Against the merged vote, where an even split does not count, the model's accuracy is{" "}
      {formatPercent(accuracy)}.
    </p>
  ) : null;
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
