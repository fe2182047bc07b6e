import type { Recipe } from "@borda/preferences";
import { epochBatches, tokensIn } from "./batches";
import type { EncodedGroup } from "./encode";
import { RewardModelError } from "./errors";

type PlannedBy = Pick<Recipe, "mode" | "epochs" | "tokenBudget" | "accumulation" | "seed">;

/** Which prompts each step, which is one update, trains on. */
export interface TrainingPlan {
  readonly steps: number;
  /** Without padding. */
  readonly tokensPerEpoch: number;
  /** The batches of a step, counted from 0; the last of an epoch may have fewer than the others. */
  batches(step: number): readonly (readonly EncodedGroup[])[];
}

/**
 * A part of an epoch is that share of its updates, at least one. `maxSteps` ends the training early. Where nothing but the
 * head trains there is one step, over all prompts. Throws RewardModelError for less than one step.
 */
export function planTraining(
  groups: readonly EncodedGroup[],
  { mode, epochs, tokenBudget, accumulation, seed }: PlannedBy,
  maxSteps = Number.POSITIVE_INFINITY,
): TrainingPlan {
  if (maxSteps < 1)
    throw new RewardModelError("BAD_RECIPE", `maxSteps is ${maxSteps}: train at least one step, or leave it out.`);
  const tokensPerEpoch = groups.reduce((sum, { rows }) => sum + tokensIn(rows), 0);
  if (mode === "head") return { steps: 1, tokensPerEpoch, batches: () => [groups] };
  const updatesOf = (epoch: number) => chunks(epochBatches(groups, { tokenBudget, seed, epoch }), accumulation);
  const starts: number[] = [];
  let steps = 0;
  for (let epoch = 0; epoch < epochs && steps < maxSteps; epoch++) {
    starts.push(steps);
    const share = Math.min(1, epochs - epoch);
    steps += Math.max(1, Math.round(updatesOf(epoch).length * share));
  }
  steps = Math.min(steps, maxSteps);
  let current: { epoch: number; updates: EncodedGroup[][][] } | undefined;
  return {
    steps,
    tokensPerEpoch,
    batches(step) {
      const epoch = starts.findLastIndex((start) => start <= step);
      if (current?.epoch !== epoch) current = { epoch, updates: updatesOf(epoch) };
      return current.updates[step - starts[epoch]!]!;
    },
  };
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}

/** The steps (counted from 1) after which the held-out prompts are evaluated, evenly spread, the last at the end. */
export function evaluationSteps(steps: number, evaluations: number): ReadonlySet<number> {
  return new Set(
    Array.from({ length: evaluations }, (_, i) => Math.max(1, Math.round((steps * (i + 1)) / evaluations))),
  );
}
