"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-note";
import { useTRPC } from "@/trpc/client";
import type { LabelerRow } from "../views";
import { ShownLink } from "./shown-link";

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
      {made ? <ShownLink link={made.link} expiresAt={made.expiresAt} /> : <ErrorNote error={create.error} />}
    </Dialog>
  );
}
