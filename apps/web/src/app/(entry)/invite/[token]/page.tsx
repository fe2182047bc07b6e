import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LinkButton } from "@/components/ui/button";
import { EntryFrame } from "@/features/accounts/components/entry-frame";
import { JoinForm, NewAccountForm } from "@/features/accounts/components/invite-form";
import { isDomainError } from "@/server/errors";
import { currentUser } from "@/server/session";
import { database } from "@/server/singletons";

export const metadata: Metadata = { title: "Invitation" };

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const [invite, user] = await Promise.all([findInvite(token), currentUser()]);
  // Whoever came in by this link goes on, also when it has been used up since.
  if (user && (await database().invites.membership(token, user.id))) redirect("/label");
  if ("problem" in invite)
    return (
      <EntryFrame title="This invitation does not work" lead={invite.problem}>
        {user ? (
          <LinkButton href="/">Go to my projects</LinkButton>
        ) : (
          <div className="flex flex-wrap items-center gap-3">
            <LinkButton href={signInPath(token)}>Sign in</LinkButton>
            <span className="text-soft">if you have joined already.</span>
          </div>
        )}
      </EntryFrame>
    );
  return (
    <EntryFrame title={`Rank completions for ${invite.projectName}`} lead="You are invited as a labeler.">
      {user ? <JoinForm token={token} email={user.email} /> : <NewAccountForm token={token} />}
      {user ? null : (
        <p className="mt-4 text-center text-soft">
          Have an account?{" "}
          <a className="text-accent underline" href={signInPath(token)}>
            Sign in
          </a>{" "}
          and join with it.
        </p>
      )}
    </EntryFrame>
  );
}

/** Sign-in that leads back here. */
function signInPath(token: string): string {
  return `/sign-in?next=${encodeURIComponent(`/invite/${token}`)}`;
}

async function findInvite(token: string): Promise<{ projectName: string } | { problem: string }> {
  try {
    return await database().invites.find(token);
  } catch (error) {
    if (isDomainError(error)) return { problem: error.message };
    throw error;
  }
}
