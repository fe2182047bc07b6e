"use client";

import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { changePassword } from "../session-client";
import { NewPasswordField } from "./new-password-field";

/** Changes the signed-in user's password; other devices are signed out. */
export function PasswordForm() {
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      form.current?.reset();
      toast.done("Password changed; other devices are signed out");
    },
  });
  return (
    <form
      method="post"
      ref={form}
      className="flex max-w-sm flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        change.mutate({ currentPassword: String(fields.get("current")), newPassword: String(fields.get("new")) });
      }}
    >
      <Field label="Present password">
        <Input name="current" type="password" autoComplete="current-password" required />
      </Field>
      <NewPasswordField name="new" label="New password" />
      <ErrorNote error={change.error} />
      <div>
        <Button type="submit" variant="primary" disabled={change.isPending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
