import type { Metadata } from "next";
import { AdminShell } from "@/components/shell/admin-shell";
import { People } from "@/features/people/components/people";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const user = await requireAdmin("/people");
  return (
    <AdminShell user={user}>
      <People self={user.id} />
    </AdminShell>
  );
}
