import { readFile } from "node:fs/promises";
import type { Run, Snapshot } from "@borda/database";
import type { RunEvent } from "@borda/preferences";
import { backboneFailureOf, isFinal } from "../backbones/failure";
import { locateBackbone } from "../backbones/locate";
import { RemediableError } from "../failure";
import { patiently } from "../outage";
import type { Services } from "../services";
import { trainInChild } from "./child-process";
import { type TrainingPlan, TrainingResult } from "./protocol";
import { verdictOn } from "./publishing";
import type { Recorder } from "./recorder";
import type { RunFolder } from "./run-folder";
import { snapshotGroups } from "./snapshot";

/** A training must save and end within the 20 s that whoever stops the worker gives it. */
const graceSeconds = 15;

export interface Undertaking extends Omit<Services, "queue"> {
  readonly run: Run;
  /** Who holds the run. */
  readonly holder: string;
  readonly folder: RunFolder;
  readonly recorder: Recorder;
  /** Ends it in the middle: the worker stops, somebody cancelled, or the lease is lost. */
  readonly signal: AbortSignal;
}

/**
 * From a claimed run to its end: snapshot, training, the baseline on the same held-out prompts, the checkpoint in
 * storage and in the database, and, if the project's rule says so, its publication. Each step may be repeated: what an
 * earlier delivery did is found and kept.
 */
export async function carryOut(undertaking: Undertaking): Promise<Run> {
  const { database, run, folder, recorder, signal, holder } = undertaking;
  const baseline = await baselineOf(undertaking);
  const judgedShare = await judgedShareOf(undertaking);
  const snapshot = await snapshotGroups(database, run, folder, judgedShare);
  const result = (await earlierResult(folder)) ?? (await train(undertaking, snapshot, baseline, judgedShare));
  const { folderKey, bytes } = await keep(undertaking, result);
  return patiently(async () => {
    await recorder.flush();
    const { id: runId, projectId, baselineId } = run;
    const { checkpointId, ...measured } = result;
    const checkpoint = { id: checkpointId, projectId, runId, folderKey, bytes, baselineId, ...measured };
    await database.checkpoints.create(checkpoint);
    await publishByRule(undertaking, result);
    return database.runs.finish(runId, holder);
  }, signal);
}

/** Folder of the checkpoint that was published when the run was made. */
async function baselineOf({ database, storage, run }: Undertaking): Promise<string | null> {
  if (run.baselineId === null) return null;
  const { folderKey } = await database.checkpoints.get(run.baselineId);
  return storage.folder(folderKey);
}

/** Prompts held out at this share are trained on neither for this run nor for its baseline. */
async function judgedShareOf({ database, run: { baselineId, recipe } }: Undertaking): Promise<number> {
  if (baselineId === null) return recipe.heldOutShare;
  return Math.min(recipe.heldOutShare, await database.checkpoints.heldOutShare(baselineId));
}

async function earlierResult({ result }: RunFolder): Promise<TrainingResult | null> {
  try {
    return TrainingResult.parse(JSON.parse(await readFile(result, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function train(
  undertaking: Undertaking,
  snapshot: Snapshot,
  baseline: string | null,
  judgedShare: number,
): Promise<TrainingResult> {
  const { run, folder, recorder, signal, training, log } = undertaking;
  const start = run.recipe.startFrom === "published" ? baseline : null;
  recorder.add(
    say(
      `Training on ${count(snapshot.trainPrompts, "prompt")}, holding out ${snapshot.heldOutPrompts}: ${startOf(run, start)}.`,
    ),
  );
  if (judgedShare < run.recipe.heldOutShare)
    recorder.add(
      say(
        `Judging only on the prompts that a held-out share of ${judgedShare} holds out: the published checkpoint may have been trained on the others.`,
        "warn",
      ),
    );
  const plan: TrainingPlan = {
    runId: run.id,
    dataHash: snapshot.dataHash,
    recipe: run.recipe,
    groups: folder.groups,
    resume: folder.resume,
    checkpoint: folder.checkpoint,
    result: folder.result,
    features: training.featuresFolder,
    tensorflowHome: training.tensorflowHome,
    baseline,
    start,
    backboneFolder: start === null ? await backboneFolderOf(undertaking) : null,
    saveEverySeconds: training.saveEverySeconds,
  };
  return trainInChild(plan, { signal, graceSeconds, log, onEvent: (event) => recorder.add(event) });
}

/**
 * Where the run's backbone lies, for one of the hub: in the cache since it was prepared, and fetched again by its commit
 * where somebody cleared that. Throws RemediableError.
 */
async function backboneFolderOf({ run, hub, signal }: Undertaking): Promise<string | null> {
  const { backbone } = run.recipe;
  try {
    const { path } = await locateBackbone(backbone, { ...hub, signal });
    return path === backbone ? null : path;
  } catch (error) {
    if (signal.aborted || !isFinal(error)) throw error;
    const { error: message, remedy } = backboneFailureOf(error);
    throw new RemediableError("BACKBONE_GONE", message, remedy, { cause: error });
  }
}

function startOf({ recipe }: Run, start: string | null): string {
  if (start !== null) return "from the published checkpoint";
  const backbone = `from the backbone ${recipe.backbone}`;
  return recipe.startFrom === "published" ? `${backbone}, because nothing is published yet` : backbone;
}

/** Moves the finished checkpoint into storage, unless an earlier delivery did. */
async function keep({ storage, folder }: Undertaking, { checkpointId }: TrainingResult) {
  const folderKey = `checkpoints/${checkpointId}`;
  const kept = await storage.stat(folderKey);
  const { bytes } = kept ?? (await storage.adopt(folder.checkpoint, folderKey));
  return { folderKey, bytes };
}

async function publishByRule(undertaking: Undertaking, result: TrainingResult): Promise<void> {
  const { database, run, recorder, log } = undertaking;
  const { publishRule: rule, publishedId } = await database.projects.get(run.projectId);
  const { checkpointId, ...measured } = result;
  if (publishedId === checkpointId) return; // an earlier delivery published it
  const { publish, reason } = verdictOn({ rule, ...measured, baselineId: run.baselineId, publishedId });
  // A person was faster: judged anew, by what they left.
  if (publish && !(await database.checkpoints.publishDecided({ checkpointId, reason, rule, publishedId })))
    return publishByRule(undertaking, result);
  log.info({ runId: run.id, checkpointId, publish, reason }, "run evaluated");
  recorder.add(say(publish ? `Published: ${reason}.` : `Not published: ${reason}.`));
  await recorder.flush();
}

function say(message: string, level: "info" | "warn" = "info"): RunEvent {
  return { type: "log", level, message };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
