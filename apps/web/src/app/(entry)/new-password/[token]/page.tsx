import type { Metadata } from "next";
import { LinkButton } from "@/components/ui/button";
import { EntryFrame } from "@/features/accounts/components/entry-frame";
import { NewPasswordForm } from "@/features/accounts/components/new-password-form";
import { userOfPasswordLink } from "@/server/password-link";

export const metadata: Metadata = { title: "New password" };

export default async function NewPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const user = await userOfPasswordLink(token);
  if (!user)
    return (
      <EntryFrame title="This link does not work" lead="It was used or has expired. Ask an admin for a new one.">
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </EntryFrame>
    );
  return (
    <EntryFrame title="Set a new password" lead="Where you are signed in with the old one, you are signed out.">
      <NewPasswordForm token={token} email={user.email} />
    </EntryFrame>
  );
}
