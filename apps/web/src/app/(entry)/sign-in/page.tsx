import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { EntryFrame } from "@/features/accounts/components/entry-frame";
import { SignInForm } from "@/features/accounts/components/sign-in-form";
import { currentUser } from "@/server/session";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = pathWithin((await searchParams).next);
  if (await currentUser()) redirect(next);
  return (
    <EntryFrame title="Sign in">
      <SignInForm next={next} />
    </EntryFrame>
  );
}

/** Only a path of this app may be gone to after sign-in, never another site. */
function pathWithin(next: string | string[] | undefined): string {
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return "/";
  const url = new URL(next, "http://borda.invalid");
  return url.host === "borda.invalid" ? `${url.pathname}${url.search}` : "/";
}
