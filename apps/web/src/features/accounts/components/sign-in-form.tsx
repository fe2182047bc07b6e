"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { signIn } from "../session-client";

/** Signs in, then goes to `next` (a path of this app). */
export function SignInForm({ next }: { next: string }) {
  const entry = useMutation({ mutationFn: signIn, onSuccess: () => window.location.assign(next) });
  return (
    <form
      // Should the browser send it before React is there, nothing of it may stand in the address.
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        entry.mutate({ email: String(form.get("email")).trim(), password: String(form.get("password")) });
      }}
    >
      <Field label="E-mail">
        <Input name="email" type="email" autoComplete="username" required autoFocus />
      </Field>
      <Field label="Password">
        <Input name="password" type="password" autoComplete="current-password" required />
      </Field>
      <ErrorNote error={entry.error} />
      <Button type="submit" variant="primary" disabled={entry.isPending || entry.isSuccess}>
        Sign in
      </Button>
    </form>
  );
}
