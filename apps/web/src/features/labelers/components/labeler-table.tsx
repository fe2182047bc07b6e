"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound, UserMinus } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Flush } from "@/components/ui/flush";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";
import type { LabelerRow } from "../views";
import { PasswordLinkDialog } from "./password-link-dialog";

export function LabelerTable({ projectId, labelers }: { projectId: ProjectId; labelers: readonly LabelerRow[] }) {
  const members = labelers.some(({ kind }) => kind === "MEMBER");
  const [leaving, setLeaving] = useState<LabelerRow | null>(null);
  const [forgetful, setForgetful] = useState<LabelerRow | null>(null);
  return (
    <>
      <Flush>
        <Table caption={members ? "Labelers at work" : "Imported labelers"}>
          <thead>
            <tr>
              <Th>Name</Th>
              <Th align="number">Rankings</Th>
              <Th align="number">Comparisons</Th>
              {members ? (
                <>
                  <Th align="number">Agreement</Th>
                  <Th align="number">Median time</Th>
                  <Th align="number">Skipped</Th>
                  <Th>Last ranking</Th>
                  <Th>
                    <span className="sr-only">Actions</span>
                  </Th>
                </>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {labelers.map((labeler) => (
              <Tr key={labeler.id}>
                <Td className="font-medium">{labeler.name}</Td>
                <Td align="number">{formatCount(labeler.rankings)}</Td>
                <Td align="number">{formatCount(labeler.comparisons)}</Td>
                {members ? (
                  <>
                    <Td align="number">
                      <Agreement {...labeler.agreement} />
                    </Td>
                    <Td align="number">
                      {labeler.medianSeconds === null ? "–" : formatDuration(labeler.medianSeconds)}
                    </Td>
                    <Td align="number">{formatCount(labeler.skipped)}</Td>
                    <Td>{labeler.lastRankingAt ? <RelativeTime at={labeler.lastRankingAt} /> : "–"}</Td>
                    <Td className="py-1! whitespace-nowrap">
                      <IconButton
                        label={`New password link for ${labeler.name}`}
                        size="sm"
                        onClick={() => setForgetful(labeler)}
                      >
                        <KeyRound size={14} aria-hidden />
                      </IconButton>
                      <IconButton label={`Remove ${labeler.name}`} size="sm" onClick={() => setLeaving(labeler)}>
                        <UserMinus size={14} aria-hidden />
                      </IconButton>
                    </Td>
                  </>
                ) : null}
              </Tr>
            ))}
          </tbody>
        </Table>
      </Flush>
      <PasswordLinkDialog labeler={forgetful} onClose={() => setForgetful(null)} />
      <RemoveLabeler projectId={projectId} labeler={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

function Agreement({ agreed, pairs }: LabelerRow["agreement"]) {
  if (pairs === 0) return <span title="No prompt is shared with another labeler yet">–</span>;
  return (
    <span title={`${formatCount(agreed)} of ${formatCount(pairs)} pairs that both ranked strictly`}>
      {formatPercent(agreed / pairs)} <span className="text-xs text-faint">of {formatCount(pairs)}</span>
    </span>
  );
}

function RemoveLabeler({
  projectId,
  labeler,
  onClose,
}: {
  projectId: ProjectId;
  labeler: LabelerRow | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.labelers.remove.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.labelers.list.queryFilter({ projectId }));
        toast.done("Removed from the project");
        onClose();
      },
    }),
  );
  return (
    <Confirm
      open={labeler !== null}
      onClose={onClose}
      onConfirm={() => labeler && remove.mutate({ labelerId: labeler.id })}
      title={`Remove ${labeler?.name ?? ""}?`}
      action="Remove"
      pending={remove.isPending}
      error={remove.error}
    >
      They get no more tasks here, and the task in their hand goes to others. Their{" "}
      {formatCount(labeler?.rankings ?? 0)} confirmed rankings stay. A new invitation brings them back.
    </Confirm>
  );
}
