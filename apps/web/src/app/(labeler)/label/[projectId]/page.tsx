import { ProjectId } from "@borda/preferences";
import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { RankingPage } from "@/features/labeling/components/ranking-page";
import { callerOf } from "@/server/root";
import { requireUser } from "@/server/session";

export const metadata: Metadata = { title: "Rank" };

/** The first task comes with the page itself, so that its text is there with the first paint. */
export default async function LabelPage({ params }: { params: Promise<{ projectId: string }> }) {
  const projectId = ProjectId.parse((await params).projectId);
  await requireUser(`/label/${projectId}`);
  const { project, task, progress } = await firstLook(projectId);
  return <RankingPage project={project} firstTask={task} firstProgress={progress} />;
}

async function firstLook(projectId: ProjectId) {
  const { labeling } = await callerOf(await headers());
  try {
    const task = await labeling.nextTask({ projectId });
    const [project, progress] = await Promise.all([labeling.project({ projectId }), labeling.progress({ projectId })]);
    return { project, task, progress };
  } catch (error) {
    if (error instanceof TRPCError && (error.code === "FORBIDDEN" || error.code === "NOT_FOUND")) notFound();
    throw error;
  }
}
