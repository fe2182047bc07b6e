"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { RelativeTime } from "@/components/ui/relative-time";
import { toast } from "@/components/ui/toast";
import { type Outputs, useTRPC } from "@/trpc/client";

/** Projects that were put away, and the way back. */
export function ArchivedProjects({ projects }: { projects: Outputs["projects"]["list"]["archived"] }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const restore = useMutation(
    trpc.settings.restore.mutationOptions({
      onSuccess: () => {
        toast.done("The project is back");
        return queries.invalidateQueries(trpc.projects.list.queryFilter());
      },
    }),
  );
  return (
    <Card title="Archived">
      <ErrorNote error={restore.error} />
      <ul className="flex flex-col divide-y">
        {projects.map(({ id, name, archivedAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2 first:pt-0 last:pb-0">
            <span className="min-w-40 flex-1 truncate font-medium">{name}</span>
            <span className="text-xs text-faint">
              archived <RelativeTime at={archivedAt} />
            </span>
            <LinkButton size="sm" variant="quiet" href={`/projects/${id}/settings`}>
              Settings
            </LinkButton>
            <Button size="sm" disabled={restore.isPending} onClick={() => restore.mutate({ projectId: id })}>
              Restore
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
