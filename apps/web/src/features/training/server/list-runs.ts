import { EvaluationReport, ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { RunSummary } from "../views";

/** Newest first; those with a checkpoint with its report. */
export const listRuns = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.array(RunSummary.extend({ report: EvaluationReport.nullable() })))
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [runs, checkpoints] = await Promise.all([
      database.runs.list(projectId),
      database.checkpoints.list(projectId),
    ]);
    const reports = new Map(checkpoints.map(({ runId, report }) => [runId, report]));
    return runs.map((run) => ({ ...run, report: reports.get(run.id) ?? null }));
  });
