"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { Examples } from "./examples";
import { KeyTable } from "./key-table";
import { NewKeyDialog } from "./new-key-dialog";

/** Keys for the scorer, and requests that work as they stand. */
export function ApiKeys({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.apiKeys.list.queryOptions({ projectId }));
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const { keys, scorerUrl, published } = list.data ?? {};
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <KeyRound size={16} aria-hidden /> Make a key
    </Button>
  );
  return (
    <>
      <PageHeading
        title="API"
        description="Scores over HTTP: a bearer key of this project, its published checkpoint."
        actions={keys && keys.length > 0 ? make : null}
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={list.error} />
        {published === false ? (
          <div className="flex flex-wrap items-center gap-3 rounded-md border bg-warn-wash px-3 py-2">
            <p className="min-w-0 flex-1">
              Nothing is published yet: until then the scorer answers every request with 503 and the code{" "}
              <code className="font-mono">nothing_published</code>.
            </p>
            <LinkButton size="sm" href={`/projects/${projectId}/training`}>
              Train a model
            </LinkButton>
          </div>
        ) : null}
        {keys === undefined ? (
          list.error ? null : (
            <Skeleton className="h-40" />
          )
        ) : (
          <Card title="Keys">
            {keys.length > 0 ? (
              <KeyTable projectId={projectId} keys={keys} />
            ) : (
              <EmptyState icon={<KeyRound size={32} />} title="No keys yet" action={make}>
                A key lets a program ask for scores in this project's name. It is shown once.
              </EmptyState>
            )}
          </Card>
        )}
        {scorerUrl ? <Examples scorerUrl={scorerUrl} apiKey={shown} /> : null}
      </div>
      <NewKeyDialog projectId={projectId} open={making} onClose={() => setMaking(false)} onMade={setShown} />
    </>
  );
}
