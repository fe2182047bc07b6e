import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { ApiKeys } from "@/features/api-keys/components/api-keys";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "API" };

export default async function ApiKeysPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/api-keys`);
  return <ApiKeys projectId={projectId} />;
}
