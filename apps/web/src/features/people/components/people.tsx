"use client";

import { useQuery } from "@tanstack/react-query";
import { PageHeading } from "@/components/shell/page-heading";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { PeopleTable } from "./people-table";

/** Who has an account, and who of them may administer. */
export function People({ self }: { self: string }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.people.list.queryOptions());
  return (
    <>
      <PageHeading
        title="People"
        description="Admins see and change every project; labelers rank where they were invited. Who came in by an invitation can be made an admin."
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={list.error} />
        {list.data ? (
          <Card title="Accounts">
            <PeopleTable people={list.data} self={self} />
          </Card>
        ) : list.error ? null : (
          <Skeleton className="h-56" />
        )}
      </div>
    </>
  );
}
