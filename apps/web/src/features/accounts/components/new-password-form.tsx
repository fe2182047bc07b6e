"use client";

import { useMutation } from "@tanstack/react-query";
import { Button, LinkButton } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { setNewPassword } from "../session-client";
import { NewPasswordField } from "./new-password-field";

/** Sets a new password by a link that an admin made; signing in comes after. */
export function NewPasswordForm({ token, email }: { token: string; email: string }) {
  const change = useMutation({ mutationFn: setNewPassword });
  if (change.isSuccess)
    return (
      <div role="status" className="flex flex-col gap-4">
        <p>Your new password is set.</p>
        <LinkButton href="/sign-in" variant="primary">
          Sign in
        </LinkButton>
      </div>
    );
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ token, newPassword: String(new FormData(event.currentTarget).get("new")) });
      }}
    >
      <Field label="E-mail">
        <Input name="email" type="email" autoComplete="username" value={email} readOnly />
      </Field>
      <NewPasswordField name="new" label="New password" autoFocus />
      <ErrorNote error={change.error} />
      <Button type="submit" variant="primary" disabled={change.isPending}>
        Set the password
      </Button>
    </form>
  );
}
