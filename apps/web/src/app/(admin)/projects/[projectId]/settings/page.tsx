import { ProjectId } from "@borda/preferences";
import type { Metadata } from "next";
import { Settings } from "@/features/settings/components/settings";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireAdmin(`/projects/${projectId}/settings`);
  return <Settings projectId={projectId} />;
}
