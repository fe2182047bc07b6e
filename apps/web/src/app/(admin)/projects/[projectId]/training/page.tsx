import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Training } from "@/features/training/components/training";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Training" };

export default async function TrainingPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/training`);
  return <Training projectId={projectId} />;
}
