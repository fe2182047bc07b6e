import { ProjectId, RunId } from "@borda/preferences";
import type { Metadata } from "next";
import { LiveRun } from "@/features/training/components/live-run";
import { requireAdmin } from "@/server/session";

export const metadata: Metadata = { title: "One run" };

export default async function LiveRunPage({ params }: { params: Promise<{ projectId: string; runId: string }> }) {
  const ids = await params;
  const projectId = ProjectId.parse(ids.projectId);
  const runId = RunId.parse(ids.runId);
  await requireAdmin(`/projects/${projectId}/training/${runId}`);
  return <LiveRun projectId={projectId} runId={runId} />;
}
