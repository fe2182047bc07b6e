import type { EvaluationReport } from "@borda/preferences";
import { knownFeatures } from "./features";
import { measure } from "./measure";
import { hasBias, headWeights } from "./model";
import { solveHead } from "./solve-head";
import type { TrainedModel, TrainingRun } from "./training-run";

/** The gradient's largest entry, on features of unit deviation, at which the head counts as solved. */
const OPTIMUM = { tolerance: 1e-6, iterations: 2000 };

/**
 * Trains nothing but the head, on features that stay as they are: a convex problem, solved to its optimum in one step.
 * What costs time is the forward pass over completions that no earlier run has met; see knownFeatures.
 */
export async function trainHead(run: TrainingRun): Promise<TrainedModel> {
  const { backbone, part, recipe, threads, train, heldOut, emit } = run;
  const began = performance.now();
  const { features, tokens } = await knownFeatures(run, [...train, ...heldOut]);
  const tokensPerSecond = tokens / ((performance.now() - began) / 1000);
  const groups = train.map(({ comparisons }, index) => ({ comparisons, features: features[index]! }));
  const { beta, centering, margin, seed } = recipe;
  const terms = { beta, centering, margin };
  const bias = hasBias(backbone) ? "fitted" : "none";
  const solved = await solveHead(groups, backbone.hiddenSize, { seed, threads, terms, bias, until: OPTIMUM });
  const { largestSlope, iterations, reason } = solved.minimum;
  const message = `The head is solved: ${iterations} iterations to a gradient of at most ${largestSlope.toExponential(1)}.`;
  emit({ type: "log", level: reason === "iterations" ? "warn" : "info", message });
  const [loss, pace] = [solved.lossAfter, { tokens, tokensPerSecond, secondsLeft: 0 }];
  emit({ type: "step", step: 1, loss, learningRate: 0, gradientNorm: largestSlope, ...pace });
  const report = reportOn(run, features.slice(train.length), { ...solved, bias: hasBias(backbone) ? solved.bias : 0 });
  emit({ type: "evaluation", step: 1, report });
  return {
    weights: new Map([...part.frozen, ...headWeights(solved.weight, solved.bias)]),
    report,
    steps: 1,
    tokensPerSecond,
    lossFirst: solved.lossBefore,
    lossLast: loss,
  };
}

function reportOn(
  { heldOut }: TrainingRun,
  features: readonly Float32Array[],
  { weight, bias }: { readonly weight: Float32Array; readonly bias: number },
): EvaluationReport {
  const width = weight.length;
  const rewardOf = (own: Float32Array, row: number) =>
    weight.reduce((sum, each, i) => sum + each * own[row * width + i]!, bias);
  return measure(
    heldOut.map(({ comparisons, lengths, rows }, index) => ({
      comparisons,
      lengths,
      rewards: rows.map((_, row) => rewardOf(features[index]!, row)),
    })),
  );
}
