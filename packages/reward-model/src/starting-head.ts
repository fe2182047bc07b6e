import type { Backbone, Weights } from "@borda/transformer";
import { tokensIn } from "./batches";
import type { EncodedGroup } from "./encode";
import { openFrozenForward } from "./frozen-forward";
import { HEAD_WEIGHT, headWeights } from "./model";
import { createRandom, shuffled } from "./random";
import { type FeatureGroup, solveHead } from "./solve-head";
import type { TrainingRun } from "./training-run";

/** Completions whose features are kept at once: at 512 wide, 40 MB. */
const MOST_ROWS = 20_000;

export interface StartingHead {
  readonly head: Weights;
  /** The training loss of a head of zeros, which is where a training without a head begins. */
  readonly loss: number;
}

/**
 * The head on the backbone as it is, before anything else trains: see solveHead. Costs one forward pass over the
 * training prompts, or over a seeded choice of them where they are many.
 */
export async function solveStartingHead(run: TrainingRun): Promise<StartingHead> {
  const { backbone, part, recipe, threads, options, emit } = run;
  const chosen = atMost(shuffled(run.train, createRandom(recipe.seed)), MOST_ROWS);
  const log = (message: string) => emit({ type: "log", level: "info", message });
  log(`Solving the head on the frozen backbone, over ${chosen.length} prompts.`);
  const tokens = tokensIn(chosen.flatMap(({ rows }) => rows));
  const forward = await openFrozenForward(run, new Map([...part.frozen, ...part.weights]), tokens);
  try {
    const features = await forward.run(chosen, options.signal);
    const known: FeatureGroup[] = chosen.map(({ comparisons }, index) => ({ comparisons, features: features[index]! }));
    const { weight, bias, lossBefore, lossAfter } = await solveHead(known, backbone.hiddenSize, {
      seed: recipe.seed,
      threads,
    });
    log(`The head begins at a training loss of ${lossAfter.toFixed(4)}.`);
    return { head: headWeights(weight, bias), loss: lossBefore };
  } finally {
    await forward.close();
  }
}

function atMost(groups: readonly EncodedGroup[], rows: number): EncodedGroup[] {
  let left = rows;
  return groups.filter((group, index) => {
    left -= group.rows.length;
    return left >= 0 || index === 0;
  });
}

export function hasHead(backbone: Backbone): boolean {
  return backbone.head.get(HEAD_WEIGHT)?.data.length === backbone.hiddenSize;
}
