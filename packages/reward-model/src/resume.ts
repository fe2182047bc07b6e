import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TrainState } from "@borda/tensor";
import { readSafetensors, writeSafetensors } from "@borda/transformer";
import { z } from "zod";
import { RewardModelError } from "./errors";

/** What a training remembers of itself beside its weights and moments. */
export const TrainingProgress = z.strictObject({
  /** Of TrainingRun. */
  fingerprint: z.string(),
  step: z.number().int().nonnegative(),
  tokens: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** null before the first step of a training that starts from a checkpoint. */
  lossFirst: z.number().nullable(),
  /** Of the steps that lossLast will be the mean of, as far as they are done. */
  lossesLast: z.array(z.number()),
});
export type TrainingProgress = z.infer<typeof TrainingProgress>;

export interface SavedTraining {
  readonly progress: TrainingProgress;
  readonly state: TrainState;
}

const FILE = "state.safetensors";
const WEIGHTS = "weights/";
const SLOTS = "slots/";

/** Replaces the saved state, whole or not at all: one file, written beside, synced, renamed. */
export async function saveTraining(folder: string, { progress, state }: SavedTraining): Promise<void> {
  await mkdir(folder, { recursive: true });
  const vectors = (prefix: string, arrays: ReadonlyMap<string, Float32Array>) =>
    [...arrays].map(([name, data]) => [`${prefix}${name}`, { shape: [data.length], data }] as const);
  const tensors = new Map([...vectors(WEIGHTS, state.weights), ...vectors(SLOTS, state.slots)]);
  await writeSafetensors(join(folder, FILE), tensors, { progress: JSON.stringify(progress) });
  // A training that was killed while it saved left a copy of three models.
  for (const name of await readdir(folder))
    if (name.startsWith(`${FILE}.`) && name.endsWith(".tmp")) await rm(join(folder, name), { force: true });
}

/** The saved state of the training with this fingerprint; null where nothing was saved yet. */
export async function loadTraining(folder: string, fingerprint: string): Promise<SavedTraining | null> {
  const path = join(folder, FILE);
  let file: Awaited<ReturnType<typeof readSafetensors>>;
  try {
    file = await readSafetensors(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { data: progress } = TrainingProgress.safeParse(JSON.parse(file.metadata.progress ?? "null"));
  if (progress?.fingerprint !== fingerprint)
    throw new RewardModelError(
      "WRONG_RESUME_STATE",
      `${folder} holds the state of another training (other data, another recipe or start, or a backbone whose files ` +
        "have changed since) or of another version of Borda. Name another folder, or remove it.",
    );
  const part = (prefix: string) =>
    new Map(
      [...file.tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { data }]) => [name.slice(prefix.length), data] as const),
    );
  return { progress, state: { step: progress.step, weights: part(WEIGHTS), slots: part(SLOTS) } };
}
