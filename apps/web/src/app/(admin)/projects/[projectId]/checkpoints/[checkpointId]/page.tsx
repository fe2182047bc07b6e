import { CheckpointId, ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { CheckpointPage } from "@/features/checkpoints/components/checkpoint-page";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "One checkpoint" };

export default async function OneCheckpointPage({
  params,
}: {
  params: Promise<{ projectId: string; checkpointId: string }>;
}) {
  const ids = await params;
  const projectId = ProjectId.parse(ids.projectId);
  const checkpointId = CheckpointId.parse(ids.checkpointId);
  await requireAdmin(`/projects/${projectId}/checkpoints/${checkpointId}`);
  return <CheckpointPage projectId={projectId} checkpointId={checkpointId} />;
}
