import type { Project } from "@borda/database";
import { considerRetraining, InvalidSchedule, importFile, prepareBackbone, trainRewardModel } from "@borda/queue";
import type { Services } from "./services";

/**
 * Gives every run, import and backbone that waits for a worker a job in the queue (adding one that has it changes nothing), and
 * makes the cron schedules those of the projects' rules: what a worker or a web server killed between the database and
 * the queue left undone.
 */
export async function reconcile({ database, queue, log }: Pick<Services, "database" | "queue" | "log">): Promise<void> {
  for (const { id: runId } of await database.runs.orphaned()) {
    const { added } = await queue.add(trainRewardModel, { runId });
    if (added) log.info({ runId }, "a run without a worker is queued");
  }
  for (const { id: backboneId } of await database.backbones.underWay()) {
    if ((await queue.state(prepareBackbone, { backboneId })) !== "absent") continue;
    await queue.add(prepareBackbone, { backboneId });
    log.info({ backboneId }, "a backbone without a worker is queued");
  }
  const projects = await database.projects.all();
  for (const { id } of projects) {
    for (const { id: importId, state } of await database.imports.list(id)) {
      if (state !== "QUEUED" && state !== "RUNNING") continue;
      const { added } = await queue.add(importFile, { importId });
      if (added) log.info({ importId }, "an import without a worker is queued");
    }
  }
  await reconcileSchedules(projects, { queue, log });
}

async function reconcileSchedules(
  projects: readonly Project[],
  { queue, log }: Pick<Services, "queue" | "log">,
): Promise<void> {
  const present = await queue.schedules(considerRetraining);
  for (const { id: projectId, retrainRule: rule } of projects) {
    const stands = present.get(projectId);
    present.delete(projectId);
    if (rule.mode !== "cron") {
      if (stands) await queue.unschedule(considerRetraining, projectId);
      continue;
    }
    if (stands?.pattern === rule.pattern && stands.timezone === rule.timezone) continue;
    try {
      await queue.schedule(considerRetraining, projectId, rule, { projectId, because: "schedule" });
    } catch (error) {
      if (!(error instanceof InvalidSchedule)) throw error;
      log.error({ projectId, err: error }, "the project's cron schedule is not one");
    }
  }
  for (const id of present.keys()) await queue.unschedule(considerRetraining, id);
}
