"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { PageHeading } from "@/components/shell/page-heading";
import { LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { sayPublishRule } from "@/features/training/say-rules";
import { useTRPC } from "@/trpc/client";
import type { CheckpointShelf } from "../views";
import { Candidate } from "./candidate";
import { CheckpointTable } from "./checkpoint-table";
import { PublicationList } from "./publication-list";
import { Published } from "./published";

/** What is served, what waits beside it, and everything that was. */
export function Checkpoints({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const shelf = useQuery(trpc.checkpoints.shelf.queryOptions({ projectId }, { refetchInterval: 10_000 }));
  return (
    <>
      <PageHeading
        title="Checkpoints"
        description={shelf.data ? sayPublishRule(shelf.data.publishRule) : "What is served, and what waits beside it."}
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={shelf.error} />
        {shelf.data ? (
          <Shelf projectId={projectId} shelf={shelf.data} />
        ) : shelf.error ? null : (
          <Skeleton className="h-96" />
        )}
      </div>
    </>
  );
}

function Shelf({ projectId, shelf: { checkpoints, history } }: { projectId: ProjectId; shelf: CheckpointShelf }) {
  const [newest] = checkpoints;
  if (!newest)
    return (
      <div className="rounded-lg border bg-raised">
        <EmptyState
          icon={<Package size={32} />}
          title="No checkpoints yet"
          action={
            <LinkButton href={`/projects/${projectId}/training`} variant="primary">
              Train a reward model
            </LinkButton>
          }
        >
          A training that ends well leaves one here, measured on prompts that it has not seen.
        </EmptyState>
      </div>
    );
  const published = checkpoints.find((checkpoint) => checkpoint.published) ?? null;
  const candidate = newest.served ? null : newest;
  return (
    <>
      {candidate ? <Candidate candidate={candidate} published={published} /> : null}
      {published ? (
        <Published projectId={projectId} published={published} checkpoints={checkpoints} history={history} />
      ) : null}
      <Card title="All checkpoints">
        <CheckpointTable projectId={projectId} checkpoints={checkpoints} />
      </Card>
      {history.length > 0 ? (
        <Card title="What was served">
          <PublicationList projectId={projectId} history={history} />
        </Card>
      ) : null}
    </>
  );
}
