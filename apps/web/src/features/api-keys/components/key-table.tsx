"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Flush } from "@/components/ui/flush";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";
import type { ApiKeyRow } from "../views";

export function KeyTable({ projectId, keys }: { projectId: ProjectId; keys: readonly ApiKeyRow[] }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [ending, setEnding] = useState<ApiKeyRow | null>(null);
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.apiKeys.list.queryFilter({ projectId }));
        toast.done("The key is revoked");
        setEnding(null);
      },
    }),
  );
  return (
    <>
      <Flush>
        <Table caption="Keys, newest first">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th>Begins with</Th>
              <Th>Made</Th>
              <Th>Last use</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <Tr key={key.id} className={key.revokedAt ? "text-faint" : undefined}>
                <Td className="font-medium">{key.name}</Td>
                <Td className="font-mono text-xs leading-5">{key.prefix}…</Td>
                <Td>
                  <RelativeTime at={key.createdAt} />
                </Td>
                <Td>{key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : "never"}</Td>
                <Td className="py-1! text-right">
                  {key.revokedAt ? (
                    <Badge>revoked</Badge>
                  ) : (
                    <Button size="sm" variant="quiet" onClick={() => setEnding(key)}>
                      Revoke
                    </Button>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Flush>
      <Confirm
        open={ending !== null}
        onClose={() => setEnding(null)}
        onConfirm={() => ending && revoke.mutate({ apiKeyId: ending.id })}
        title={`Revoke ${ending?.name ?? ""}?`}
        action="Revoke the key"
        pending={revoke.isPending}
        error={revoke.error}
      >
        Programs with the key that begins with <code className="font-mono">{ending?.prefix}</code> are refused from then
        on. It cannot be brought back; make a new one instead.
      </Confirm>
    </>
  );
}
