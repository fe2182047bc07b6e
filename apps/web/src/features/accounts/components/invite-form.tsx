"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input } from "@/components/ui/field";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";
import { signIn } from "../session-client";
import { NewPasswordField } from "./new-password-field";

const start = () => window.location.assign("/label");

/** Makes an account by an invitation and signs it in. */
export function NewAccountForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const entry = useMutation({ mutationFn: signIn, onSuccess: start });
  const acceptance = useMutation(
    trpc.accounts.acceptInvite.mutationOptions({
      onSuccess: (_, { email, password }) => entry.mutate({ email, password }),
    }),
  );
  const { fields } = failureOf(acceptance.error);
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        acceptance.mutate({
          token,
          name: String(form.get("name")).trim(),
          email: String(form.get("email")).trim(),
          password: String(form.get("password")),
        });
      }}
    >
      <Field label="Name" description="How the project's admins see you" error={fields.name}>
        <Input name="name" autoComplete="name" maxLength={100} required autoFocus />
      </Field>
      <Field label="E-mail" description="You sign in with it" error={fields.email}>
        <Input name="email" type="email" autoComplete="username" required />
      </Field>
      <NewPasswordField name="password" label="Password" error={fields.password} />
      <ErrorNote error={acceptance.error ?? entry.error} />
      <Button type="submit" variant="primary" disabled={acceptance.isPending || entry.isPending || entry.isSuccess}>
        Join
      </Button>
    </form>
  );
}

/** Joins the project with the account that is signed in. */
export function JoinForm({ token, email }: { token: string; email: string }) {
  const trpc = useTRPC();
  const join = useMutation(trpc.accounts.joinByInvite.mutationOptions({ onSuccess: start }));
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">You are signed in as {email}.</p>
      <ErrorNote error={join.error} />
      <Button variant="primary" disabled={join.isPending || join.isSuccess} onClick={() => join.mutate({ token })}>
        Join with this account
      </Button>
    </div>
  );
}
