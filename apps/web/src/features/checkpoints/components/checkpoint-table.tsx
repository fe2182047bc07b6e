"use client";

import type { ProjectId } from "@borda/preferences";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Flush } from "@/components/ui/flush";
import { formatCount, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { usePublishing } from "../use-publishing";
import { type CheckpointView, shortId } from "../views";

/** Every checkpoint, newest first. Accuracies of different splits are not comparable to the digit. */
export function CheckpointTable({
  projectId,
  checkpoints,
}: {
  projectId: ProjectId;
  checkpoints: readonly CheckpointView[];
}) {
  const { publish } = usePublishing(projectId);
  return (
    <>
      <ErrorNote error={publish.error} />
      <Flush>
        <Table caption="Checkpoints, newest first">
          <thead>
            <tr>
              <Th>Checkpoint</Th>
              <Th>Trained</Th>
              <Th align="number">Held-out accuracy</Th>
              <Th align="number">Held-out prompts</Th>
              <Th align="number">Comparisons</Th>
              <Th>
                <span className="sr-only">State and actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {checkpoints.map((checkpoint) => (
              <Tr key={checkpoint.id}>
                <Td>
                  <Link
                    href={`/projects/${projectId}/checkpoints/${checkpoint.id}`}
                    className="rounded font-mono text-accent hover:underline"
                  >
                    {shortId(checkpoint.id)}
                  </Link>
                </Td>
                <Td>
                  <RelativeTime at={checkpoint.createdAt} />
                </Td>
                <Td align="number" className="whitespace-nowrap">
                  {formatPercent(checkpoint.report.accuracy)}{" "}
                  <span className="text-xs text-faint">
                    {formatPercent(checkpoint.report.interval[0], 0)} to{" "}
                    {formatPercent(checkpoint.report.interval[1], 0)}
                  </span>
                </Td>
                <Td align="number">{formatCount(checkpoint.report.prompts)}</Td>
                <Td align="number">{checkpoint.comparisons === null ? "–" : formatCount(checkpoint.comparisons)}</Td>
                <Td className="py-1! text-right align-middle!">
                  {checkpoint.published ? (
                    <Badge tone="good">published</Badge>
                  ) : (
                    <Button
                      size="sm"
                      variant="quiet"
                      disabled={publish.isPending}
                      onClick={() => publish.mutate({ checkpointId: checkpoint.id })}
                    >
                      {checkpoint.served ? "Publish again" : "Publish"}
                    </Button>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Flush>
    </>
  );
}
