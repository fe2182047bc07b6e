import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "./brand";
import { ProjectNavigation } from "./project-navigation";
import { type MenuUser, UserMenu } from "./user-menu";

/** The frame of the admin's pages; with `project`, its name in the bar and its pages at the side. */
export function AdminShell({
  user,
  project,
  children,
}: {
  user: MenuUser;
  project?: { readonly id: string; readonly name: string };
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-30 flex h-12 items-center gap-3 border-b bg-raised px-4">
        <Brand />
        <nav aria-label="Place" className="flex min-w-0 flex-1 items-center gap-2 text-soft">
          <span aria-hidden>/</span>
          <Link href="/projects" className="rounded hover:text-ink">
            Projects
          </Link>
          {project ? (
            <>
              <span aria-hidden>/</span>
              <Link href={`/projects/${project.id}`} className="truncate rounded font-medium text-ink">
                {project.name}
              </Link>
            </>
          ) : null}
        </nav>
        <UserMenu user={user} />
      </header>
      <div className="flex min-h-0 flex-1 flex-col md:flex-row">
        {project ? (
          <div className="border-b bg-raised md:sticky md:top-12 md:h-[calc(100dvh-3rem)] md:w-44 md:shrink-0 md:border-r md:border-b-0">
            <ProjectNavigation projectId={project.id} />
          </div>
        ) : null}
        <main className="min-w-0 flex-1 px-4 py-5 md:px-6">
          <div className="mx-auto max-w-6xl">{children}</div>
        </main>
      </div>
    </div>
  );
}
