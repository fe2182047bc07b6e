import { ImportId, ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { ImportStory } from "@/features/imports/components/import-story";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "One import" };

export default async function ImportStoryPage({
  params,
}: {
  params: Promise<{ projectId: string; importId: string }>;
}) {
  const ids = await params;
  const projectId = ProjectId.parse(ids.projectId);
  const importId = ImportId.parse(ids.importId);
  await requireAdmin(`/projects/${projectId}/imports/${importId}`);
  return <ImportStory projectId={projectId} importId={importId} />;
}
