import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Checkpoints } from "@/features/checkpoints/components/checkpoints";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Checkpoints" };

export default async function CheckpointsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/checkpoints`);
  return <Checkpoints projectId={projectId} />;
}
