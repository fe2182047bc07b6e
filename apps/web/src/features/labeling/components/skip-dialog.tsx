"use client";

import type { ProjectId, TaskId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Textarea } from "@/components/ui/field";
import { useTRPC } from "@/trpc/client";
import { type SkipReason, skipReasons } from "../skip-reasons";

/** Passes a task over, with a reason. Flagging begins with the reasons that an admin should look at. */
export function SkipDialog({
  kind,
  projectId,
  taskId,
  onClose,
  onSkipped,
}: {
  kind: "skip" | "flag";
  projectId: ProjectId;
  taskId: TaskId;
  onClose: () => void;
  onSkipped: () => void;
}) {
  const trpc = useTRPC();
  const [reason, setReason] = useState<SkipReason>(kind === "flag" ? "broken" : "cannot-judge");
  const skip = useMutation(trpc.labeling.skipTask.mutationOptions({ onSuccess: onSkipped }));
  return (
    <Dialog
      open
      onClose={onClose}
      title={kind === "flag" ? "Flag a problem" : "Skip this task"}
      description="It goes back to the others and is not shown to you again. Admins see the reason."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          skip.mutate({ projectId, taskId, reason, note: String(new FormData(event.currentTarget).get("note")) });
        }}
      >
        <fieldset className="flex flex-col gap-0.5">
          <legend className="mb-1 text-sm font-medium">Reason</legend>
          {skipReasons.map(({ value, label, hint }) => (
            <label key={value} className="flex items-start gap-2 rounded-md px-2 py-1.5 hover:bg-sunken">
              <input
                type="radio"
                name="reason"
                className="mt-1"
                checked={reason === value}
                data-autofocus={reason === value ? "" : undefined}
                onChange={() => setReason(value)}
              />
              <span>
                <span className="block font-medium">{label}</span>
                <span className="text-faint">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Note" description={reason === "other" ? undefined : "Optional"}>
          <Textarea name="note" rows={2} maxLength={2000} required={reason === "other"} />
        </Field>
        <ErrorNote error={skip.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Stay</Button>
          <Button type="submit" variant="primary" disabled={skip.isPending || skip.isSuccess}>
            {kind === "flag" ? "Flag and go on" : "Skip"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
