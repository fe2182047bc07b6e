import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Pooling } from "@borda/preferences";
import { saveAdapter, saveBackbone, type Weights } from "@borda/transformer";
import { CheckpointInfo } from "./checkpoint-info";
import { filesBelow, hashFile, sync, syncBelow, temporaryBeside } from "./durable-folder";
import { RewardModelError } from "./errors";
import { HEAD_BIAS, HEAD_WEIGHT, type RewardBackbone } from "./model";
import { modelCard } from "./model-card";
import { ownHeadWeights } from "./own-head";
import { writeSentenceTransformersModules } from "./sentence-transformers";
import { writeServingGraphs } from "./serving-graph";
import type { FinishedWeights } from "./trained-part";
import type { TrainingRun, TrainResult } from "./training-run";

export const INFO_FILE = "borda.json";
/** A LoRA adapter as peft loads it, for the backbone that the training started from. */
export const ADAPTER_FOLDER = "adapter";

/**
 * Throws RewardModelError where something stands at `out` already, unless an earlier call of this very training, resumed
 * since, wrote it.
 */
export async function assertVacant(run: TrainingRun): Promise<void> {
  const { out, resumeDir } = run.options;
  if (existsSync(out) && !(resumeDir !== undefined && (await isOwn(run, out)))) throw taken(out);
}

async function isOwn({ options, backboneHash, dataHash, recipe }: TrainingRun, out: string): Promise<boolean> {
  const info = await readCheckpointInfo(out).catch(() => null);
  const own = [options.provenance?.runId ?? null, backboneHash, dataHash, recipe];
  return info !== null && isDeepStrictEqual([info.runId, info.startedFromHash, info.data.hash, info.recipe], own);
}

function taken(out: string, cause?: unknown): RewardModelError {
  return new RewardModelError("OUT_EXISTS", `${out} exists already. Name a folder that does not.`, { cause });
}

/**
 * Writes the folder that others load (see modelCard for how). It is built under a temporary name beside `out`, synced
 * and hashed, and then renamed, so that a folder of that name is always whole.
 */
export async function writeCheckpoint(
  run: TrainingRun,
  { weights, adapter }: FinishedWeights,
  result: TrainResult,
): Promise<CheckpointInfo> {
  const { out } = run.options;
  const parent = dirname(out);
  const temporary = await temporaryBeside(out);
  try {
    await writeModel(temporary, run, weights);
    if (adapter && run.recipe.loraSave === "merged+adapter")
      await saveAdapter(join(temporary, ADAPTER_FOLDER), adapter);
    const info = { ...infoOf(run, result), files: await hashesOf(temporary) };
    await writeFile(join(temporary, "README.md"), modelCard(info, basename(out)));
    const whole = readable({ ...info, files: await hashesOf(temporary, info.files) });
    await writeFile(join(temporary, INFO_FILE), `${JSON.stringify(whole, null, 2)}\n`);
    await syncBelow(temporary);
    await assertVacant(run); // a training is long: somebody may have put something there since it began
    await rm(out, { recursive: true, force: true });
    await rename(temporary, out).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOTEMPTY" || error.code === "EEXIST" ? taken(out, error) : error;
    });
    await sync(parent);
    return whole;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** SHA-256 of every file below a folder, by its path there; those that are `known` are not read again. */
async function hashesOf(folder: string, known: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
  const hashed = (await filesBelow(folder)).map(
    async (path) => [path, known[path] ?? (await hashFile(join(folder, path)))] as const,
  );
  return Object.fromEntries(await Promise.all(hashed));
}

/** Which library of Python gives a checkpoint's rewards without code of Borda's. */
export function opensIn({ ownHead, classification }: RewardBackbone, pooling: Pooling): CheckpointInfo["opensIn"] {
  if (ownHead) return "transformers";
  return classification && pooling !== "completion" ? "sentence-transformers" : "onnxruntime";
}

async function writeModel(folder: string, run: TrainingRun, weights: Weights) {
  const { backbone, graph, pooling, maxLength, options } = run;
  const { ownHead, classification } = backbone;
  const head = ownHead ? ownHeadWeights(ownHead, weights) : pick(weights, [HEAD_WEIGHT, HEAD_BIAS]);
  const notBase = new Set([HEAD_WEIGHT, HEAD_BIAS, ...head.keys()]);
  const base = new Map([...backbone.weights, ...weights].filter(([name]) => !notBase.has(name)));
  const className = ownHead?.className ?? classification?.className.replace("ForSequenceClassification", "Model");
  await saveBackbone(folder, backbone, {
    weights: base,
    head,
    // One label and "regression" keep transformers.js and Python from squashing the reward.
    config: {
      ...(className && { architectures: [className] }),
      num_labels: 1,
      id2label: { 0: "reward" },
      label2id: { reward: 0 },
      problem_type: "regression",
    },
    ...options.sizes,
  });
  await writeServingGraphs(folder, graph, weights, options.sizes);
  if (pooling !== "completion" && opensIn(backbone, pooling) === "sentence-transformers")
    await writeSentenceTransformersModules(folder, weights, { maxLength, pooling });
}

function pick(weights: Weights, names: readonly string[]): Weights {
  return new Map([...weights].filter(([name]) => names.includes(name)));
}

function infoOf(run: TrainingRun, result: TrainResult): CheckpointInfo {
  const { recipe, pooling, backbone, backboneHash, maxLength, options, dataHash } = run;
  const { steps, seconds, tokensPerSecond, lossFirst, lossLast, trainPrompts, trainComparisons } = result;
  const evaluation = result.eval;
  return {
    format: "borda-checkpoint/1",
    createdAt: new Date().toISOString(),
    runId: options.provenance?.runId ?? null,
    startedFrom: options.start ? basename(options.start) : recipe.backbone,
    startedFromHash: backboneHash,
    modelType: backbone.modelType,
    pooling,
    row: backbone.tokenizer.row,
    opensIn: opensIn(backbone, pooling),
    maxLength,
    recipe,
    data: { hash: dataHash, trainPrompts, trainComparisons, heldOutPrompts: evaluation.prompts },
    training: { steps, seconds, tokensPerSecond, lossFirst, lossLast },
    evaluation,
    reward: evaluation.prompts === 0 ? null : { mean: evaluation.rewardMean, deviation: evaluation.rewardDeviation },
    files: {},
  };
}

/** What readCheckpointInfo will take; JSON has no NaN and no infinity. */
function readable(info: CheckpointInfo): CheckpointInfo {
  const { success, error } = CheckpointInfo.safeParse(info);
  if (success) return info;
  const figures = error.issues.map(({ path }) => path.join(".")).join(", ");
  const message = `The training ended with figures that are no numbers (${figures}): lower the learning rate, or lengthen the warm-up.`;
  throw new RewardModelError("DIVERGED", message, { cause: error });
}

/** borda.json of a checkpoint's folder. Throws RewardModelError where there is none, or one of another shape. */
export async function readCheckpointInfo(folder: string): Promise<CheckpointInfo> {
  const path = join(folder, INFO_FILE);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new RewardModelError("BAD_CHECKPOINT", `${folder} is no checkpoint: it has no ${INFO_FILE}.`, { cause });
  }
  try {
    return CheckpointInfo.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${path} is not what Borda writes there. Take the checkpoint anew, or train again.`;
    throw new RewardModelError("BAD_CHECKPOINT", message, { cause });
  }
}

/**
 * Checks every file of a checkpoint's folder against its hash in borda.json, and gives borda.json with the hash of the
 * whole folder, which is that of borda.json itself. Throws RewardModelError naming the file.
 */
export async function verifyCheckpoint(folder: string): Promise<{ info: CheckpointInfo; hash: string }> {
  const info = await readCheckpointInfo(folder);
  for (const [path, expected] of Object.entries(info.files)) {
    const actual = await hashFile(join(folder, path)).catch(() => "missing");
    if (actual !== expected)
      throw new RewardModelError(
        "BAD_CHECKPOINT",
        `${join(folder, path)} is ${actual === "missing" ? "missing" : "damaged"}. Take the checkpoint anew, or train again.`,
      );
  }
  return { info, hash: await hashFile(join(folder, INFO_FILE)) };
}
