import { BackboneId, ImportId, ProjectId, RunId } from "@borda/preferences";
import { z } from "zod";
import { defineJob, type JobDefinition } from "./define-job";

/** Reads an uploaded file into its project. */
export const importFile = defineJob({
  name: "import-file",
  input: z.strictObject({ importId: ImportId }),
  concurrencyKey: ({ importId }) => `import:${importId}`,
  attempts: 3,
  backoffSeconds: 2,
});

/**
 * Fetches a backbone and looks whether it can be trained. Added while the one of before still stops, it is done after it.
 */
export const prepareBackbone = defineJob({
  name: "prepare-backbone",
  input: z.strictObject({ backboneId: BackboneId }),
  concurrencyKey: ({ backboneId }) => `backbone:${backboneId}`,
  attempts: 3,
  backoffSeconds: 2,
  whileRunning: "again",
});

/** Trains, evaluates, and by the project's rule publishes, the reward model of a run. */
export const trainRewardModel = defineJob({
  name: "train-reward-model",
  input: z.strictObject({ runId: RunId }),
  concurrencyKey: ({ runId }) => `run:${runId}`, // two deliveries of one run never overlap
  attempts: 3,
  backoffSeconds: 10,
});

/**
 * Starts a run if the project's retrain rule says so. Added after each submit and import (`new-comparisons`), and by
 * the project's cron schedule (`schedule`); one that arrives while another looks is looked at after it.
 */
export const considerRetraining = defineJob({
  name: "consider-retraining",
  input: z.strictObject({ projectId: ProjectId, because: z.enum(["new-comparisons", "schedule"]) }),
  concurrencyKey: ({ projectId, because }) => `${because}:${projectId}`,
  attempts: 5,
  whileRunning: "again",
});

/** Every job there is; the worker's table of handlers is total over it. */
export const jobs = {
  "import-file": importFile,
  "prepare-backbone": prepareBackbone,
  "train-reward-model": trainRewardModel,
  "consider-retraining": considerRetraining,
} as const satisfies Record<string, JobDefinition>;

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
