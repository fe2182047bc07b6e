"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { PageHeading } from "@/components/shell/page-heading";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { isUnderWay } from "../views";
import { ImportHistory } from "./import-history";
import { NewImport } from "./new-import";

/** Bring a file in, and what came in before. */
export function Imports({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const list = useQuery(
    trpc.imports.list.queryOptions(
      { projectId },
      { refetchInterval: ({ state }) => (state.data?.some((item) => isUnderWay(item.state)) ? 1_500 : false) },
    ),
  );
  return (
    <>
      <PageHeading
        title="Import"
        description="Prompts with completions, and rankings if the file has some. The same file twice adds nothing."
      />
      <div className="flex flex-col gap-4">
        <NewImport projectId={projectId} />
        <ErrorNote error={list.error} />
        {list.data === undefined && !list.error ? <Skeleton className="h-32" /> : null}
        {list.data && list.data.length > 0 ? (
          <Card title="What was imported">
            <ImportHistory projectId={projectId} imports={list.data} />
          </Card>
        ) : null}
      </div>
    </>
  );
}
