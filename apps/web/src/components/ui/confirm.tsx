"use client";

import { type ReactNode, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorNote } from "./error-note";
import { Field, Input } from "./field";

/**
 * Asks before something is done that takes things away. `children` names what is lost. With `typed`, that text must be
 * typed first. Stays open while `pending`, and shows `error` beside the button that caused it.
 */
export function Confirm({
  open,
  onClose,
  onConfirm,
  title,
  action,
  typed,
  pending = false,
  error,
  children,
}: {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: ReactNode;
  /** The verb of the button, such as "Revoke". */
  action: string;
  typed?: string | undefined;
  pending?: boolean;
  error?: unknown;
  children?: ReactNode;
}) {
  const [text, setText] = useState("");
  const close = () => {
    setText("");
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      actions={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button variant="danger" disabled={pending || (typed !== undefined && text !== typed)} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="text-soft">{children}</div>
        {typed === undefined ? null : (
          <Field label={<>Type “{typed}” to go on</>}>
            <Input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" autoFocus />
          </Field>
        )}
        <ErrorNote error={error} />
      </div>
    </Dialog>
  );
}
