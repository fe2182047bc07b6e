"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { PageHeading } from "@/components/shell/page-heading";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { sayPublishRule, sayRetrainRule } from "../say-rules";
import { isActive } from "../views";
import { LaunchDesk } from "./launch-desk";
import { RunTable } from "./run-table";

/** Whoever comes back from a run sees it in the list at once. */
const fresh = { staleTime: 0 };

/** Choose a recipe, see what it would train on, start; and what was trained before. */
export function Training({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const desk = useQuery(trpc.training.desk.queryOptions({ projectId }, { ...fresh, refetchInterval: 5_000 }));
  const runs = useQuery(
    trpc.training.runs.queryOptions(
      { projectId },
      { ...fresh, refetchInterval: ({ state }) => (state.data?.some((run) => isActive(run.state)) ? 2_000 : 15_000) },
    ),
  );
  return (
    <>
      <PageHeading
        title="Training"
        description={
          desk.data ? (
            <>
              {sayRetrainRule(desk.data.retrainRule)} {sayPublishRule(desk.data.publishRule)}{" "}
              <Link href={`/projects/${projectId}/settings`} className="rounded text-accent underline">
                Change the rules
              </Link>
            </>
          ) : (
            "Choose a recipe, see what it would train on, start."
          )
        }
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={desk.error ?? runs.error} />
        {runs.data && runs.data.length > 0 ? (
          <Card title="Runs">
            <RunTable projectId={projectId} runs={runs.data} />
          </Card>
        ) : null}
        {desk.data ? (
          <LaunchDesk projectId={projectId} desk={desk.data} />
        ) : desk.error ? null : (
          <div className="grid grid-cols-1 gap-4 lg:grid-cols-[3fr_2fr]">
            <Skeleton className="h-[40rem]" />
            <Skeleton className="h-64" />
          </div>
        )}
      </div>
    </>
  );
}
