"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { problemsOf } from "@/components/ui/problems";
import { useTRPC } from "@/trpc/client";
import { ApiKeyName } from "../views";

/** Names a key, makes it, and shows it this once. */
export function NewKeyDialog({
  projectId,
  open,
  onClose,
  onMade,
}: {
  projectId: ProjectId;
  open: boolean;
  onClose: () => void;
  /** Told of the key, for the examples beneath. */
  onMade: (key: string) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [checked, setChecked] = useState(false);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ key }) => {
        onMade(key);
        return queries.invalidateQueries(trpc.apiKeys.list.queryFilter({ projectId }));
      },
    }),
  );
  const parsed = ApiKeyName.safeParse(name);
  const close = () => {
    onClose();
    create.reset();
    setName("");
    setChecked(false);
  };
  const submit = () => {
    setChecked(true);
    if (parsed.success) create.mutate({ projectId, name: parsed.data });
  };
  const made = create.data;
  return (
    <Dialog
      open={open}
      onClose={close}
      title={made ? "Copy the key now" : "Make a key"}
      description={
        made
          ? "It is shown only here: Borda keeps a hash of it, nothing else."
          : "It may ask for scores of this project, and nothing more."
      }
      actions={
        made ? (
          <Button variant="primary" onClick={close}>
            I have it
          </Button>
        ) : (
          <Button variant="primary" disabled={create.isPending} onClick={submit}>
            Make the key
          </Button>
        )
      }
    >
      {made ? (
        <div className="flex flex-col gap-3">
          <Field label={made.name}>
            <Input readOnly value={made.key} className="font-mono" onFocus={(event) => event.target.select()} />
          </Field>
          <div className="flex justify-end">
            <CopyButton text={made.key} label="Copy the key" />
          </div>
        </div>
      ) : (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Field
            label="What will use it"
            description="For instance: best-of-n sampler"
            error={checked ? problemsOf(parsed.error)[""] : undefined}
          >
            <Input value={name} maxLength={80} autoComplete="off" onChange={(event) => setName(event.target.value)} />
          </Field>
          <ErrorNote error={create.error} />
        </form>
      )}
    </Dialog>
  );
}
