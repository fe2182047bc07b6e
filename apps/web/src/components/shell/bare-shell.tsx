import type { ReactNode } from "react";
import { Brand } from "./brand";
import { type MenuUser, UserMenu } from "./user-menu";

/** The frame of pages that are about one thing: the labeler's home, the account. */
export function BareShell({ user, children }: { user: MenuUser; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 items-center gap-3 border-b bg-raised px-4">
        <Brand />
        <div className="flex-1" />
        <UserMenu user={user} />
      </header>
      <main className="mx-auto w-full max-w-3xl flex-1 px-4 py-6">{children}</main>
    </div>
  );
}
