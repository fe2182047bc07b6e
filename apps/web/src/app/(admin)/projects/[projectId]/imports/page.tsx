import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Imports } from "@/features/imports/components/imports";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Import" };

export default async function ImportsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/imports`);
  return <Imports projectId={projectId} />;
}
