import type { EvaluationReport } from "@borda/preferences";
import { rateAt } from "@borda/tensor";
import { orderedBatches, paddingOf } from "./batches";
import { assertVacant, writeCheckpoint } from "./checkpoint";
import type { EncodedGroup } from "./encode";
import { RunCancelled } from "./errors";
import { trainHead } from "./head-only";
import { measure } from "./measure";
import { evaluationSteps } from "./plan";
import { weightsOf } from "./reward-step";
import { prepareRun, type TrainedModel, type TrainingRun, type TrainOptions, type TrainResult } from "./training-run";
import { openSession, saveSession, type TrainingSession, takeStep } from "./training-session";

const SAVE_EVERY_SECONDS = 30;

/**
 * Trains a reward model on the groups' comparisons and writes its checkpoint. Deterministic: the same options give the
 * same weights, bit for bit, also where the training was killed and called again with the same resumeDir. Blocks the
 * event loop within each step, so it belongs in a process of its own. Throws RunCancelled when the signal fires,
 * RewardModelError when there is nothing to train on, when the loss stops being a number, or when `out` is taken.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  try {
    const run = await prepareRun(options);
    await assertVacant(run);
    return await finish(run, run.recipe.mode === "head" ? await trainHead(run) : await descend(run));
  } catch (error) {
    if (options.signal?.aborted) throw new RunCancelled();
    throw error;
  }
}

/** Trains by gradients: all steps that are still to do. */
async function descend(run: TrainingRun): Promise<TrainedModel> {
  const session = await openSession(run);
  try {
    const report = await takeSteps(run, session);
    const { lossesLast, lossFirst, step, tokens, seconds } = session.progress;
    return {
      weights: weightsOf(session.step.weights),
      report,
      steps: step,
      tokensPerSecond: tokens / seconds,
      lossFirst: lossFirst ?? 0,
      lossLast: lossesLast.reduce((sum, loss) => sum + loss, 0) / Math.max(1, lossesLast.length),
    };
  } finally {
    await session.close();
  }
}

/** The steps with the evaluations and saves among them; gives the last evaluation. */
async function takeSteps(run: TrainingRun, session: TrainingSession): Promise<EvaluationReport> {
  const { options, plan, recipe, emit } = run;
  const evaluated = evaluationSteps(plan.steps, recipe.evaluations);
  const warmupSteps = Math.round(plan.steps * recipe.warmup);
  const rates = { schedule: recipe.schedule, peak: recipe.learningRate, warmupSteps, steps: plan.steps };
  let savedAt = performance.now();
  let report: EvaluationReport | undefined;
  while (session.progress.step < plan.steps) {
    const learningRate = rateAt(session.progress.step + 1, rates);
    const { loss, gradientNorm } = await takeStep(run, session, learningRate);
    const { step, tokens, seconds } = session.progress;
    const tokensPerSecond = tokens / seconds;
    const secondsLeft = (seconds / step) * (plan.steps - step);
    emit({ type: "step", step, loss, learningRate, gradientNorm, tokens, tokensPerSecond, secondsLeft });
    const last = step === plan.steps;
    if (last || performance.now() - savedAt > 1000 * (options.saveEverySeconds ?? SAVE_EVERY_SECONDS)) {
      await saveSession(run, session);
      savedAt = performance.now();
    }
    if (evaluated.has(step)) report = await evaluateHeldOut(run, session);
  }
  return report ?? (await evaluateHeldOut(run, session)); // a training that resumes after its last step
}

async function evaluateHeldOut(run: TrainingRun, session: TrainingSession): Promise<EvaluationReport> {
  const rewards = await session.forward.run(run.heldOut, run.options.signal);
  const report = measure(
    run.heldOut.map(({ comparisons, lengths }, index) => ({ comparisons, lengths, rewards: [...rewards[index]!] })),
  );
  run.emit({ type: "evaluation", step: session.progress.step, report });
  return report;
}

/** Of all steps; the head's own training reads all prompts once. */
function batchesOf({ recipe, train, plan }: TrainingRun, steps: number): (readonly EncodedGroup[])[] {
  if (recipe.mode === "head") return orderedBatches(train, recipe.tokenBudget);
  return Array.from({ length: steps }, (_, step) => plan.batches(step)).flat();
}

async function finish(run: TrainingRun, { weights, report, ...figures }: TrainedModel): Promise<TrainResult> {
  const result: TrainResult = {
    ...figures,
    seconds: (performance.now() - run.startedAt) / 1000,
    tokensPerEpoch: run.plan.tokensPerEpoch,
    padding: paddingOf(batchesOf(run, figures.steps)),
    trainPrompts: run.train.length,
    trainComparisons: run.comparisons,
    eval: report,
    out: run.options.out,
    mode: run.recipe.mode,
    trainedParameters: run.parameters.trained,
    parameters: run.parameters.all,
  };
  await writeCheckpoint(run, run.part.finished(weights), result);
  return result;
}
