"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import { ErrorNote } from "@/components/ui/error-note";
import { formatCount } from "@/components/ui/numbers";
import { useTRPC } from "@/trpc/client";
import { useSaved } from "../use-saved";
import type { Losses, ProjectSettings } from "../views";

/** Put the project away, bring it back, or delete it for good. */
export function DangerCard({ settings }: { settings: ProjectSettings }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { projectId, name, archivedAt } = settings;
  const saved = useSaved(projectId);
  const [asked, setAsked] = useState<"archive" | "delete" | null>(null);
  const losses = useQuery(trpc.settings.losses.queryOptions({ projectId }, { enabled: asked === "delete" }));
  const archive = useMutation(trpc.settings.archive.mutationOptions({ onSuccess: () => router.push("/projects") }));
  const restore = useMutation(trpc.settings.restore.mutationOptions({ onSuccess: saved }));
  const remove = useMutation(trpc.settings.delete.mutationOptions({ onSuccess: () => router.push("/projects") }));
  const close = () => setAsked(null);
  return (
    <Card title="Danger" className="border-bad">
      <div className="flex flex-col gap-4">
        {archivedAt ? (
          <Row
            title="Restore the project"
            note="Tasks, scores and the schedule go on as before."
            button={
              <Button disabled={restore.isPending} onClick={() => restore.mutate({ projectId })}>
                Restore
              </Button>
            }
          />
        ) : (
          <Row
            title="Archive the project"
            note="No more tasks, scores or retraining. Nothing is deleted, and it can be restored."
            button={
              <Button variant="danger" onClick={() => setAsked("archive")}>
                Archive…
              </Button>
            }
          />
        )}
        <Row
          title="Delete the project"
          note={archivedAt ? "For good, with everything in it." : "For good. It must be archived first."}
          button={
            <Button variant="danger" disabled={!archivedAt} onClick={() => setAsked("delete")}>
              Delete…
            </Button>
          }
        />
        <ErrorNote error={restore.error} />
      </div>
      <Confirm
        open={asked === "archive"}
        onClose={close}
        onConfirm={() => archive.mutate({ projectId })}
        title={`Archive ${name}?`}
        action="Archive"
        pending={archive.isPending}
        error={archive.error}
      >
        Labelers get no more tasks, its API keys are refused, and nothing retrains. Restoring it brings everything back.
      </Confirm>
      <Confirm
        open={asked === "delete"}
        onClose={close}
        onConfirm={() => remove.mutate({ projectId, name })}
        title={`Delete ${name}?`}
        action="Delete for good"
        typed={name}
        pending={remove.isPending || !losses.data}
        error={remove.error ?? losses.error}
      >
        {losses.data ? <LossList losses={losses.data} /> : "Counting what would be lost…"}
      </Confirm>
    </Card>
  );
}

function Row({ title, note, button }: { title: string; note: string; button: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{title}</p>
        <p className="text-xs text-faint">{note}</p>
      </div>
      {button}
    </div>
  );
}

function LossList({ losses }: { losses: Losses }) {
  const rows = [
    [losses.prompts, "prompts"],
    [losses.completions, "completions"],
    [losses.rankings, "rankings"],
    [losses.checkpoints, "checkpoints with their weights"],
    [losses.apiKeys, "API keys in use"],
  ] as const;
  return (
    <>
      <p>This is lost, and cannot be brought back:</p>
      <ul className="mt-2 grid grid-cols-[auto_1fr] gap-x-2">
        {rows.map(([count, what]) => (
          <li key={what} className="col-span-2 grid grid-cols-subgrid">
            <span className="text-right font-semibold text-ink tabular-nums">{formatCount(count)}</span>
            {what}
          </li>
        ))}
      </ul>
    </>
  );
}
