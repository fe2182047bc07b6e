import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Prompts } from "@/features/prompts/components/prompts";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Prompts" };

export default async function PromptsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/prompts`);
  return <Prompts projectId={projectId} />;
}
