import { BackboneNotReady, NotFound, type Project, TrainingInProgress } from "@borda/database";
import { type considerRetraining, type Handler, type InputOf, trainRewardModel } from "@borda/queue";
import type { Services } from "../services";

/**
 * Starts a run when the project's retrain rule says so. New comparisons are counted from the latest run's snapshot, not
 * from the published checkpoint's: what was trained on and not published, or failed, is no reason to train again.
 * While a run is active nothing happens; its end looks again.
 */
export const handle: Handler<typeof considerRetraining, Services> = async (input, { database, queue, log }) => {
  const project = await find(input, database);
  if (!project || project.archivedAt) return;
  const fresh = await newComparisons(project, database);
  const { retrainRule: rule } = project;
  const due = {
    "new-comparisons": rule.mode === "comparisons" && fresh >= rule.every,
    schedule: rule.mode === "cron" && fresh > 0,
  }[input.because];
  if (!due) {
    log.debug({ ...input, rule, fresh }, "no retraining is due");
    return;
  }
  try {
    const trigger = rule.mode === "cron" ? "cron" : "comparisons";
    const run = await database.runs.create({ projectId: project.id, recipe: project.recipe, trigger, createdBy: null });
    await queue.add(trainRewardModel, { runId: run.id });
    log.info({ ...input, runId: run.id, fresh }, "retraining begins by rule");
  } catch (error) {
    if (error instanceof BackboneNotReady) {
      log.warn({ ...input, err: error }, "retraining is due, but its backbone is not ready");
      return;
    }
    if (!(error instanceof TrainingInProgress)) throw error;
    log.info({ ...input, activeRunId: error.runId }, "retraining is due, but a run is active");
  }
};

async function find({ projectId }: InputOf<typeof considerRetraining>, database: Services["database"]) {
  try {
    return await database.projects.get(projectId);
  } catch (error) {
    if (error instanceof NotFound) return null; // removed since the job was added
    throw error;
  }
}

/** Comparisons that no run has seen. */
async function newComparisons({ id }: Project, database: Services["database"]): Promise<number> {
  const [{ comparisons }, runs] = await Promise.all([database.projects.stats(id), database.runs.list(id)]);
  const seen = runs.find((run) => run.comparisons !== null)?.comparisons ?? 0;
  return comparisons - seen;
}
