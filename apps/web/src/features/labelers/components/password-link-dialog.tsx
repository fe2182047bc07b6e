"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { RelativeTime } from "@/components/ui/relative-time";
import { useTRPC } from "@/trpc/client";
import type { LabelerRow } from "../views";

/** Makes a link by which a labeler sets a new password and shows it, once. */
export function PasswordLinkDialog({ labeler, onClose }: { labeler: LabelerRow | null; onClose: () => void }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.labelers.createPasswordLink.mutationOptions());
  const close = () => {
    onClose();
    create.reset();
  };
  const made = create.data;
  return (
    <Dialog
      open={labeler !== null}
      onClose={close}
      title={`New password link for ${labeler?.name ?? ""}`}
      description={
        made
          ? "Send it to them alone: whoever opens it first sets their password. It is shown only now."
          : "For somebody who has forgotten their password. It works once; a link made before it stops working."
      }
      actions={
        made ? (
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        ) : (
          <Button
            variant="primary"
            disabled={create.isPending}
            onClick={() => labeler && create.mutate({ labelerId: labeler.id })}
          >
            Make the link
          </Button>
        )
      }
    >
      {made ? (
        <div className="flex flex-col gap-3">
          <Field label="Link">
            <Input readOnly value={made.link} className="font-mono" onFocus={(event) => event.target.select()} />
          </Field>
          <div className="flex items-center justify-between gap-3">
            <span className="text-xs text-faint">
              expires <RelativeTime at={made.expiresAt} />
            </span>
            <CopyButton text={made.link} label="Copy the link" />
          </div>
        </div>
      ) : (
        <ErrorNote error={create.error} />
      )}
    </Dialog>
  );
}
