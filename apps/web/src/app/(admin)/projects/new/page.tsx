import type { Metadata } from "next";
import { AdminShell } from "@/components/shell/admin-shell";
import { NewProject } from "@/features/projects/components/new-project";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "New project" };

export default async function NewProjectPage() {
  const user = await requireAdmin("/projects/new");
  return (
    <AdminShell user={user}>
      <NewProject />
    </AdminShell>
  );
}
