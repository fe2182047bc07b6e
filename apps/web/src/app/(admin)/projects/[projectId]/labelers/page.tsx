import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Labelers } from "@/features/labelers/components/labelers";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Labelers" };

export default async function LabelersPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/labelers`);
  return <Labelers projectId={projectId} />;
}
