import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Overview } from "@/features/overview/components/overview";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}`);
  return <Overview projectId={projectId} />;
}
