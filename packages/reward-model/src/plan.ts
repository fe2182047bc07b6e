import type { Recipe } from "@borda/preferences";
import { epochBatches } from "./batches";
import type { EncodedGroup } from "./encode";

/** Which prompts each step trains on. */
export interface TrainingPlan {
  readonly steps: number;
  /** Without padding. */
  readonly tokensPerEpoch: number;
  /** Prompts of a step, counted from 0. */
  batch(step: number): readonly EncodedGroup[];
}

/**
 * A part of an epoch is that share of its batches, at least one. `maxSteps` ends the training early. Where nothing but the
 * head trains there is one step, over all prompts.
 */
export function planTraining(
  groups: readonly EncodedGroup[],
  { mode, epochs, tokenBudget, seed }: Pick<Recipe, "mode" | "epochs" | "tokenBudget" | "seed">,
  maxSteps = Number.POSITIVE_INFINITY,
): TrainingPlan {
  const tokensPerEpoch = groups.reduce((sum, { rows }) => sum + rows.reduce((own, { ids }) => own + ids.length, 0), 0);
  if (mode === "head") return { steps: 1, tokensPerEpoch, batch: () => groups };
  const batchesOf = (epoch: number) => epochBatches(groups, { tokenBudget, seed, epoch });
  const starts: number[] = [];
  let steps = 0;
  for (let epoch = 0; epoch < epochs && steps < maxSteps; epoch++) {
    starts.push(steps);
    const share = Math.min(1, epochs - epoch);
    steps += Math.max(1, Math.round(batchesOf(epoch).length * share));
  }
  steps = Math.min(steps, maxSteps);
  let current: { epoch: number; batches: EncodedGroup[][] } | undefined;
  return {
    steps,
    tokensPerEpoch,
    batch(step) {
      const epoch = starts.findLastIndex((start) => start <= step);
      if (current?.epoch !== epoch) current = { epoch, batches: batchesOf(epoch) };
      return current.batches[step - starts[epoch]!]!;
    },
  };
}

/** The steps (counted from 1) after which the held-out prompts are evaluated, evenly spread, the last at the end. */
export function evaluationSteps(steps: number, evaluations: number): ReadonlySet<number> {
  return new Set(
    Array.from({ length: evaluations }, (_, i) => Math.max(1, Math.round((steps * (i + 1)) / evaluations))),
  );
}
