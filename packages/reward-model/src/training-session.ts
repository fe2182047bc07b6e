import type { TrainStep } from "@borda/tensor";
import { collate } from "./collate";
import { RewardModelError } from "./errors";
import { breath, createForward, type Forward } from "./forward";
import { startingHead } from "./model";
import { loadTraining, saveTraining, type TrainingProgress } from "./resume";
import { batchFeeds, createRewardStep, weightFeeds } from "./reward-step";
import { hasHead, solveStartingHead } from "./starting-head";
import type { TrainingRun } from "./training-run";

/** What a training changes: weights and moments in the native library, and how far it has come. */
export interface TrainingSession {
  readonly step: TrainStep<"step">;
  /** Rewards [n] of prompts by the weights as they are. */
  readonly forward: Forward;
  progress: TrainingProgress;
  close(): Promise<void>;
}

/** Opens where the saved state of the same training ends, or at its beginning. */
export async function openSession(run: TrainingRun): Promise<TrainingSession> {
  const { options, backbone, part, recipe, threads, fingerprint } = run;
  const { graph } = part;
  const saved = options.resumeDir ? await loadTraining(options.resumeDir, fingerprint) : null;
  const before = weightFeeds(new Map([...part.frozen, ...part.weights]));
  const opening = saved || hasHead(backbone) ? null : await solveStartingHead(run, before);
  const head = opening?.head ?? startingHead(backbone);
  const weights = new Map([...part.weights, ...head]);
  const step = await createRewardStep(graph, { weights, frozen: part.frozen }, recipe, threads);
  const forward = await createForward(
    { inputs: graph.inputs, output: graph.rewards },
    { padId: backbone.tokenizer.padId, tokenBudget: recipe.tokenBudget, threads },
  );
  const close = async () => {
    await forward.close();
    await step.close();
  };
  const begun = { fingerprint, step: 0, tokens: 0, seconds: 0, lossFirst: opening?.loss ?? null, lossesLast: [] };
  const session: TrainingSession = { step, forward, progress: saved?.progress ?? begun, close };
  if (saved) {
    step.restore(saved.state);
    run.emit({ type: "log", level: "info", message: `Going on after step ${saved.progress.step}.` });
  } else await saveSession(run, session);
  return session;
}

/** Saves weights, moments and progress, if the training has a place for them. */
export async function saveSession({ options, emit }: TrainingRun, { step, progress }: TrainingSession): Promise<void> {
  if (!options.resumeDir) return;
  await saveTraining(options.resumeDir, { progress, state: step.state() });
  emit({ type: "saved", step: progress.step });
}

/** One batch: forward, backward, update. Throws RewardModelError where the loss is no number any more. */
export async function takeStep(run: TrainingRun, session: TrainingSession, learningRate: number) {
  const { options, plan, backbone } = run;
  await breath(options.signal);
  const began = performance.now();
  const { progress } = session;
  const batch = collate(plan.batch(progress.step), backbone.tokenizer.padId);
  const { loss, gradientNorm } = await session.step.run("step", batchFeeds(batch), learningRate);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
    throw new RewardModelError(
      "DIVERGED",
      `The loss is ${loss} at step ${progress.step + 1}: lower the learning rate, or lengthen the warm-up.`,
    );
  const lastSteps = Math.max(1, Math.ceil(plan.steps / 10));
  session.progress = {
    ...progress,
    step: progress.step + 1,
    tokens: progress.tokens + batch.tokens,
    seconds: progress.seconds + (performance.now() - began) / 1000,
    lossFirst: progress.lossFirst ?? loss,
    lossesLast: [...progress.lossesLast, loss].slice(-lastSteps),
  };
  return { loss, gradientNorm };
}
