import { ProjectId, PromptId } from "@borda/preferences";
import type { Metadata } from "next";
import { PromptPage } from "@/features/prompts/components/prompt-page";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "One prompt" };

export default async function OnePromptPage({ params }: { params: Promise<{ projectId: string; promptId: string }> }) {
  const ids = await params;
  const projectId = ProjectId.parse(ids.projectId);
  const promptId = PromptId.parse(ids.promptId);
  await requireAdmin(`/projects/${projectId}/prompts/${promptId}`);
  return <PromptPage projectId={projectId} promptId={promptId} />;
}
