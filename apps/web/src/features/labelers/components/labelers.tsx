"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { UserPlus, UsersRound } from "lucide-react";
import { useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { InviteDialog } from "./invite-dialog";
import { InviteList } from "./invite-list";
import { LabelerTable } from "./labeler-table";
import { RankYourself } from "./rank-yourself";

/** Who ranks, how much, how alike, how fast; and how others come in. */
export function Labelers({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.labelers.list.queryOptions({ projectId }, { refetchInterval: 15_000 }));
  const [inviting, setInviting] = useState(false);
  const members = list.data?.filter(({ kind }) => kind === "MEMBER");
  const imported = list.data?.filter(({ kind }) => kind === "IMPORTED") ?? [];
  const ways = (
    <>
      <RankYourself projectId={projectId} />
      <Button variant="primary" onClick={() => setInviting(true)}>
        <UserPlus size={16} aria-hidden /> Invite by a link
      </Button>
    </>
  );
  return (
    <>
      <PageHeading
        title="Labelers"
        description="Who ranks, how far people agree, and how fast they are."
        actions={members && members.length > 0 ? ways : null}
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={list.error} />
        {members === undefined ? (
          list.error ? null : (
            <Skeleton className="h-56" />
          )
        ) : (
          <Card title="At work">
            {members.length > 0 ? (
              <LabelerTable projectId={projectId} labelers={members} />
            ) : (
              <EmptyState icon={<UsersRound size={32} />} title="Nobody ranks here yet" action={ways}>
                Send a link: who opens it makes an account and gets the first task. Or begin yourself.
              </EmptyState>
            )}
          </Card>
        )}
        <InviteList projectId={projectId} />
        {imported.length > 0 ? (
          <Card title="From imported files">
            <p className="mb-3 text-soft">
              Names found in files. Their rankings are trained on, and kept apart from those made here.
            </p>
            <LabelerTable projectId={projectId} labelers={imported} />
          </Card>
        ) : null}
      </div>
      <InviteDialog projectId={projectId} open={inviting} onClose={() => setInviting(false)} />
    </>
  );
}
