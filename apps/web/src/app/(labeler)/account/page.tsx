import type { Metadata } from "next";
import { BareShell } from "@/components/shell/bare-shell";
import { PageHeading } from "@/components/shell/page-heading";
import { PasswordForm } from "@/features/accounts/components/password-form";
import { requireUser } from "@/server/session";

export const metadata: Metadata = { title: "Change password" };

export default async function AccountPage() {
  const user = await requireUser("/account");
  return (
    <BareShell user={user}>
      <PageHeading title="Change password" description="Other devices where you are signed in are signed out." />
      <PasswordForm />
    </BareShell>
  );
}
