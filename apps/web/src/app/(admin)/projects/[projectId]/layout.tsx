import { ProjectId } from "@borda/preferences";
import type { ReactNode } from "react";
import { AdminShell } from "@/components/shell/admin-shell";
import { projectOr404 } from "@/server/project";
import { requireAdmin } from "@/server/session";

/** The frame of one project's pages. Each page asks requireAdmin itself too: a layout is not run again on navigation. */
export default async function ProjectLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ projectId: string }>;
}) {
  const projectId = ProjectId.parse((await params).projectId);
  const user = await requireAdmin(`/projects/${projectId}`);
  const { id, name } = await projectOr404(projectId);
  return (
    <AdminShell user={user} project={{ id, name }}>
      {children}
    </AdminShell>
  );
}
