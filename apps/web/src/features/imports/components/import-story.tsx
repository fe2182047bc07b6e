"use client";

import type { ImportId, ProjectId } from "@borda/preferences";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Figure } from "@/components/ui/figure";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { StateBadge } from "@/components/ui/state-badge";
import { useTRPC } from "@/trpc/client";
import { importWords } from "../state-words";
import { type ImportView, isUnderWay } from "../views";
import { ImportIssues } from "./import-issues";

/** One import: how far it is, what it added, and what it left out. */
export function ImportStory({ projectId, importId }: { projectId: ProjectId; importId: ImportId }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const story = useQuery(
    trpc.imports.get.queryOptions(
      { importId },
      { refetchInterval: ({ state }) => (state.data && !isUnderWay(state.data.state) ? false : 700) },
    ),
  );
  const cancel = useMutation(
    trpc.imports.cancel.mutationOptions({
      onSettled: () => queries.invalidateQueries(trpc.imports.get.queryFilter({ importId })),
    }),
  );
  const item = story.data;
  return (
    <>
      <PageHeading
        title={item?.fileName ?? "Import"}
        description={item ? <Origin item={item} /> : null}
        actions={
          item && isUnderWay(item.state) ? (
            <Button disabled={cancel.isPending} onClick={() => cancel.mutate({ importId })}>
              Cancel the import
            </Button>
          ) : item ? (
            <>
              <LinkButton href={`/projects/${projectId}/imports`}>Import another file</LinkButton>
              {item.prompts > 0 ? (
                <LinkButton href={`/projects/${projectId}/prompts`} variant="primary">
                  See the prompts
                </LinkButton>
              ) : null}
            </>
          ) : null
        }
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={story.error ?? cancel.error} />
        {item ? <Outcome item={item} /> : story.error ? null : <Skeleton className="h-40" />}
        {item && item.badRows > 0 ? <ImportIssues key={item.state} importId={importId} badRows={item.badRows} /> : null}
      </div>
    </>
  );
}

function Origin({ item }: { item: ImportView }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StateBadge words={importWords} state={item.state} />
      {formatBytes(item.bytes)}
      {item.format ? ` · ${item.format}` : null}
      <span>
        uploaded <RelativeTime at={item.createdAt} />
      </span>
    </span>
  );
}

function Outcome({ item }: { item: ImportView }) {
  const underWay = isUnderWay(item.state);
  return (
    <Card title={underWay ? "Reading the file" : "What it added"}>
      <div className="flex flex-col gap-5">
        {underWay ? (
          <Progress
            label={item.state === "RUNNING" ? "Read" : "Waiting for the worker"}
            value={item.state === "RUNNING" ? item.bytesRead : null}
            max={item.bytes}
            detail={item.state === "RUNNING" ? `${formatBytes(item.bytesRead)} of ${formatBytes(item.bytes)}` : null}
          />
        ) : null}
        {item.state === "FAILED" && item.error ? <ErrorNote error={new Error(item.error)} /> : null}
        {item.state === "CANCELLED" ? (
          <p className="text-soft">It was cancelled. What had come in until then stays.</p>
        ) : null}
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-5">
          <Figure label="Rows read" value={formatCount(item.rowsRead)} />
          <Figure label="Prompts" value={formatCount(item.prompts)} />
          <Figure label="Completions" value={formatCount(item.completions)} />
          <Figure label="Rankings" value={formatCount(item.rankings)} />
          <Figure
            label="Bad rows"
            value={formatCount(item.badRows)}
            note={item.badRows > 0 ? "listed below" : undefined}
          />
        </div>
        {item.state === "FINISHED" && item.prompts + item.completions + item.rankings === 0 ? (
          <p className="text-soft">Everything in this file was here before, so it added nothing.</p>
        ) : null}
      </div>
    </Card>
  );
}
