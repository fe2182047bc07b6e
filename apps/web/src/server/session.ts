import { UserId } from "@borda/preferences";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { auth } from "./auth";
import { sessionCookieOf, sessionMemory } from "./session-memory";
import type { SignedInUser } from "./signed-in-user";

/** The user whose session cookie came with `requestHeaders`, or null. */
export async function userOf(requestHeaders: Headers): Promise<SignedInUser | null> {
  const cookie = sessionCookieOf(requestHeaders);
  if (cookie === null) return null;
  const remembered = sessionMemory().recall(cookie);
  if (remembered) return remembered;
  const session = await auth().api.getSession({ headers: requestHeaders });
  if (!session) return null;
  const { id, name, email, role } = session.user;
  const user: SignedInUser = { id: UserId.parse(id), name, email, role: role === "ADMIN" ? "ADMIN" : "LABELER" };
  sessionMemory().keep(cookie, user);
  return user;
}

/** The user of the page being rendered; read once a request. */
export const currentUser = cache(async () => userOf(await headers()));

/** For pages: the signed-in user, or the sign-in page (which leads back to `path`). */
export async function requireUser(path = "/"): Promise<SignedInUser> {
  const user = await currentUser();
  if (!user) redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
  return user;
}

/** For admin pages: the signed-in admin. A labeler is led home; a visitor to the sign-in page. */
export async function requireAdmin(path = "/"): Promise<SignedInUser> {
  const user = await requireUser(path);
  if (user.role !== "ADMIN") redirect("/label");
  return user;
}
