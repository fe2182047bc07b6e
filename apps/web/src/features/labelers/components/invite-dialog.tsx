"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { numberIn, problemsOf } from "@/components/ui/problems";
import { useTRPC } from "@/trpc/client";
import { InviteForm } from "../views";
import { ShownLink } from "./shown-link";

/** Makes a link for labelers and shows it, once. */
export function InviteDialog({
  projectId,
  open,
  onClose,
}: {
  projectId: ProjectId;
  open: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [draft, setDraft] = useState({ days: "7", uses: "10" });
  const create = useMutation(
    trpc.labelers.createInvite.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.labelers.invites.queryFilter({ projectId })),
    }),
  );
  const form = InviteForm.safeParse({ days: numberIn(draft.days), uses: numberIn(draft.uses) });
  const problems = problemsOf(form.error);
  const close = () => {
    onClose();
    create.reset();
  };
  const made = create.data;
  const number = { type: "number", inputMode: "numeric", step: 1 } as const;
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Invite by a link"
      description={
        made
          ? "Send it to the people who shall rank. It is shown only now."
          : "Who opens it becomes a labeler of this project."
      }
      actions={
        made ? (
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        ) : (
          <Button
            variant="primary"
            disabled={create.isPending || !form.success}
            onClick={() => form.success && create.mutate({ projectId, ...form.data })}
          >
            Make the link
          </Button>
        )
      }
    >
      {made ? (
        <ShownLink link={made.link} expiresAt={made.expiresAt}>
          , for {draft.uses} {draft.uses === "1" ? "person" : "people"}
        </ShownLink>
      ) : (
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label="Works for, days" error={problems.days}>
            <Input
              {...number}
              min={1}
              max={90}
              value={draft.days}
              onChange={(e) => setDraft({ ...draft, days: e.target.value })}
            />
          </Field>
          <Field label="People who may use it" error={problems.uses}>
            <Input
              {...number}
              min={1}
              max={500}
              value={draft.uses}
              onChange={(e) => setDraft({ ...draft, uses: e.target.value })}
            />
          </Field>
          <ErrorNote error={create.error} />
        </div>
      )}
    </Dialog>
  );
}
