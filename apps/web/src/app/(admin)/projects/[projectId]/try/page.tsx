import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { TryIt } from "@/features/try-it/components/try-it";
import { projectOr404 } from "@/server/project";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Try it" };

export default async function TryItPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/try`);
  const { publishedId } = await projectOr404(projectId);
  return <TryIt projectId={projectId} published={publishedId !== null} />;
}
