import type { Metadata } from "next";
import { AdminShell } from "@/components/shell/admin-shell";
import { Projects } from "@/features/projects/components/projects";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const user = await requireAdmin("/projects");
  return (
    <AdminShell user={user}>
      <Projects />
    </AdminShell>
  );
}
