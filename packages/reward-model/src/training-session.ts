import type { Feeds } from "@borda/tensor";
import { epochBatches } from "./batches";
import { binsFor } from "./bins";
import { RewardModelError } from "./errors";
import { breath, type Forward, forwardBy, passTokens } from "./forward";
import { startingHead } from "./model";
import { loadTraining, saveTraining, type TrainingProgress } from "./resume";
import { createRewardStep, REWARDS, type RewardStep } from "./reward-step";
import { hasHead, solveStartingHead } from "./starting-head";
import type { TrainingRun } from "./training-run";
import { exceedsPass, openRewardSlopes, type RewardSlopes, update } from "./update";

/** What a training changes: weights and moments in the native library, and how far it has come. */
export interface TrainingSession {
  readonly step: RewardStep;
  readonly slopes: RewardSlopes;
  /** Rewards [n] of prompts by the weights as they are. */
  readonly forward: Forward;
  progress: TrainingProgress;
  close(): Promise<void>;
}

/**
 * Opens where the saved state of the same training ends, or at its beginning. The step takes the part's arrays: what they
 * were is not to be read any more.
 */
export async function openSession(run: TrainingRun): Promise<TrainingSession> {
  const { options, backbone, part, recipe, train, threads, runtime, fingerprint } = run;
  const { tokenBudget, accumulation } = recipe;
  const saved = options.resumeDir ? await loadTraining(options.resumeDir, fingerprint) : null;
  const opening = saved || hasHead(backbone) ? null : await solveStartingHead(run);
  const head = opening?.head ?? startingHead(backbone);
  const passes = accumulation > 1 || train.some((group) => exceedsPass([group], tokenBudget)) ? "several" : "one";
  const bins = binsFor(epochBatches(train, { tokenBudget, seed: recipe.seed, epoch: 0 }));
  const step = await createRewardStep(part, head, recipe, { ...runtime, passes, bins, arrays: "taken" });
  const slopes = await openRewardSlopes(recipe, threads).catch(async (error) => {
    await step.close();
    throw error;
  });
  const rewardsOf = async (tokens: Feeds) => (await step.evaluate(REWARDS, tokens))[REWARDS];
  const padding = { padId: backbone.tokenizer.padId, tokenBudget: passTokens(tokenBudget, runtime) };
  const forward = forwardBy(rewardsOf, padding);
  const close = async () => {
    await slopes.close();
    await step.close();
  };
  const begun = { fingerprint, step: 0, tokens: 0, seconds: 0, lossFirst: opening?.loss ?? null, lossesLast: [] };
  const session: TrainingSession = { step, slopes, forward, progress: saved?.progress ?? begun, close };
  try {
    if (saved) {
      step.restore(saved.state);
      run.emit({ type: "log", level: "info", message: `Going on after step ${saved.progress.step}.` });
    } else await saveSession(run, session);
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Saves weights, moments and progress, if the training has a place for them. */
export async function saveSession({ options, emit }: TrainingRun, { step, progress }: TrainingSession): Promise<void> {
  if (!options.resumeDir) return;
  await saveTraining(options.resumeDir, { progress, state: step.state() });
  emit({ type: "saved", step: progress.step });
}

/** One update. Throws RewardModelError where the loss is no number any more. */
export async function takeStep(run: TrainingRun, session: TrainingSession, learningRate: number) {
  const { options, plan, backbone, recipe } = run;
  await breath(options.signal);
  const began = performance.now();
  const { progress } = session;
  const { tokenBudget, seed } = recipe;
  const settings = { padId: backbone.tokenizer.padId, tokenBudget, seed, step: progress.step, learningRate };
  const batches = plan.batches(progress.step);
  const { loss, gradientNorm, tokens } = await update(session.step, session.slopes, batches, settings);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
    throw new RewardModelError(
      "DIVERGED",
      `The loss is ${loss} at step ${progress.step + 1}: lower the learning rate, or lengthen the warm-up.`,
    );
  const lastSteps = Math.max(1, Math.ceil(plan.steps / 10));
  session.progress = {
    ...progress,
    step: progress.step + 1,
    tokens: progress.tokens + tokens,
    seconds: progress.seconds + (performance.now() - began) / 1000,
    lossFirst: progress.lossFirst ?? loss,
    lossesLast: [...progress.lossesLast, loss].slice(-lastSteps),
  };
  return { loss, gradientNorm };
}
