import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { nextStep } from "../next-step";
import { OverviewView } from "../views";

const PACE_DAYS = 14;

export const getOverview = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(OverviewView)
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [project, stats, agreement, checkpoints, history, run, imports, keys, pace] = await Promise.all([
      database.projects.get(projectId),
      database.projects.stats(projectId),
      database.labelers.agreement(projectId),
      database.checkpoints.list(projectId),
      database.checkpoints.history(projectId),
      database.runs.active(projectId),
      database.imports.list(projectId),
      database.apiKeys.list(projectId),
      database.rankings.pace(projectId, PACE_DAYS),
    ]);
    const published = checkpoints.find(({ id }) => id === project.publishedId);
    const [newest] = checkpoints;
    // A checkpoint that was served before is history, not a candidate.
    const waits = newest && !history.some(({ checkpointId }) => checkpointId === newest.id);
    return {
      name: project.name,
      archivedAt: project.archivedAt,
      stats,
      agreement,
      pace,
      published: published
        ? { id: published.id, report: published.report, publishedAt: history[0]?.createdAt ?? published.createdAt }
        : null,
      next: nextStep({
        projectId,
        ...stats,
        published: published !== undefined,
        candidateId: waits ? newest.id : null,
        activeRunId: run?.id ?? null,
        activeImportId: imports.find(({ state }) => state === "QUEUED" || state === "RUNNING")?.id ?? null,
        apiKeyUsed: keys.some(({ lastUsedAt }) => lastUsedAt !== null),
      }),
    };
  });
