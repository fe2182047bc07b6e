"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Flush } from "@/components/ui/flush";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { useTRPC } from "@/trpc/client";
import { inviteState } from "../views";

const tones: Record<ReturnType<typeof inviteState>, Tone> = {
  open: "good",
  revoked: "neutral",
  "used up": "neutral",
  expired: "neutral",
};

/** The links that were made, and whether they still let people in. Nothing shows before the first. */
export function InviteList({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const invites = useQuery(trpc.labelers.invites.queryOptions({ projectId }));
  const revoke = useMutation(
    trpc.labelers.revokeInvite.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.labelers.invites.queryFilter({ projectId })),
    }),
  );
  if (invites.error) return <ErrorNote error={invites.error} />;
  if (!invites.data || invites.data.length === 0) return null;
  const now = new Date();
  return (
    <Card title="Invitations">
      <ErrorNote error={revoke.error} />
      <Flush>
        <Table caption="Invitations, newest first">
          <thead>
            <tr>
              <Th>Made</Th>
              <Th>State</Th>
              <Th align="number">Uses left</Th>
              <Th>Expires</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {invites.data.map((invite) => {
              const state = inviteState(invite, now);
              return (
                <Tr key={invite.id}>
                  <Td>
                    <RelativeTime at={invite.createdAt} />
                  </Td>
                  <Td>
                    <Badge tone={tones[state]}>{state}</Badge>
                  </Td>
                  <Td align="number">{invite.usesLeft}</Td>
                  <Td>
                    <RelativeTime at={invite.expiresAt} />
                  </Td>
                  <Td className="py-1! text-right">
                    {state === "open" ? (
                      <Button
                        size="sm"
                        variant="quiet"
                        disabled={revoke.isPending}
                        onClick={() => revoke.mutate({ inviteId: invite.id })}
                      >
                        Revoke
                      </Button>
                    ) : null}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </Flush>
    </Card>
  );
}
