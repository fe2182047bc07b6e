import type { Comparison, EvaluationReport, PairedDifference } from "@borda/preferences";
import { createRandom } from "./random";

/** One held-out prompt with the rewards of its compared completions. */
export interface Judged {
  readonly comparisons: readonly Comparison[];
  readonly rewards: readonly number[];
  /** Of the completions' texts. */
  readonly lengths: readonly number[];
}

const RESAMPLES = 2000;
/** Of the bootstrap: a report of the same rewards is the same report. */
const RESAMPLING_SEED = 20220304;

/**
 * How well rewards agree with held-out comparisons. A comparison whose target is exactly one half prefers neither side
 * and is left out of every figure. Equal rewards count one half. `logLoss` is the mean of BCE(sigma(r_i - r_j), target).
 * The interval is the percentile bootstrap over prompts (Efron & Tibshirani 1993, ch. 13), since comparisons of one
 * prompt are not independent. Without a comparison every share is 0 and the interval is [0, 1].
 *
 * `votes` counts every labeler's strict vote by itself, an evenly split pair's too, as agreement between two labelers does:
 * the merged vote errs less than each of them, so that a model as good as one labeler is more accurate than labelers agree.
 *
 * Example: rewards (1, 0, 2); of three labelers two rank 0 above 1, of two one ranks 0 above 2. Accuracy 1 of 1
 * comparison; agreement (2 + 1) / 5 = 0.6 over 5 votes.
 */
export function measure(groups: readonly Judged[]): EvaluationReport {
  const prompts = groups
    .map(({ comparisons, rewards, lengths }) => {
      const strict = comparisons.filter(({ target }) => target !== 0.5);
      return {
        pairs: strict.length,
        right: strict.reduce((sum, pair) => sum + agreement(pair, rewards), 0),
        longer: strict.reduce((sum, pair) => sum + agreement(pair, lengths), 0),
        loss: strict.reduce((sum, pair) => sum + logLoss(pair, rewards), 0),
        rewards,
      };
    })
    .filter(({ pairs }) => pairs > 0);
  const rewards = prompts.flatMap((prompt) => prompt.rewards);
  const rewardMean = mean(rewards);
  const voted = (scoresOf: (group: Judged) => readonly number[]) =>
    groups.map((group) => votesOf(group.comparisons, scoresOf(group))).filter(({ pairs }) => pairs > 0);
  const [byReward, byLength] = [voted((group) => group.rewards), voted((group) => group.lengths)];
  return {
    prompts: prompts.length,
    comparisons: total(prompts, "pairs"),
    accuracy: share(total(prompts, "right"), total(prompts, "pairs")),
    accuracyByPrompt: mean(prompts.map(({ right, pairs }) => right / pairs)),
    interval: interval(prompts),
    logLoss: share(total(prompts, "loss"), total(prompts, "pairs")),
    longerWins: share(total(prompts, "longer"), total(prompts, "pairs")),
    rewardMean,
    rewardDeviation: Math.sqrt(mean(rewards.map((reward) => (reward - rewardMean) ** 2))),
    votes: {
      count: total(byReward, "pairs"),
      agreement: share(total(byReward, "right"), total(byReward, "pairs")),
      interval: interval(byReward),
      longerWins: share(total(byLength, "right"), total(byLength, "pairs")),
    },
  };
}

/**
 * How much more of the same comparisons `one` gets right than `other`, which judged the same prompts in the same order; null
 * without a strict comparison. The interval draws prompts, each with both models' judgements of it, so that what is hard for
 * both cancels (the paired bootstrap of Efron & Tibshirani 1993, ch. 8).
 *
 * Example: two prompts of one comparison, one right on both, other on the first alone: 0.5 more.
 */
export function pairedDifference(one: readonly Judged[], other: readonly Judged[]): PairedDifference | null {
  const prompts = one
    .map(({ comparisons, rewards }, index) => {
      const strict = comparisons.filter(({ target }) => target !== 0.5);
      const gain = (pair: Comparison) => agreement(pair, rewards) - agreement(pair, other[index]!.rewards);
      return { pairs: strict.length, right: strict.reduce((sum, pair) => sum + gain(pair), 0) };
    })
    .filter(({ pairs }) => pairs > 0);
  if (prompts.length === 0) return null;
  const accuracy = total(prompts, "right") / total(prompts, "pairs");
  return { prompts: prompts.length, accuracy, interval: interval(prompts) };
}

/** Comparisons or votes of a prompt, and what is counted of them. */
type Tally = { readonly pairs: number; readonly right: number };

function interval(prompts: readonly Tally[]): [number, number] {
  if (prompts.length === 0) return [0, 1];
  const random = createRandom(RESAMPLING_SEED);
  const shares = Array.from({ length: RESAMPLES }, () => {
    const drawn = prompts.map(() => prompts[Math.floor(random() * prompts.length)]!);
    return total(drawn, "right") / total(drawn, "pairs");
  }).sort((p, q) => p - q);
  return [shares[Math.floor(RESAMPLES * 0.025)]!, shares[Math.ceil(RESAMPLES * 0.975) - 1]!];
}

/** Strict votes of a prompt, and how many of them the scores agree with. */
function votesOf(comparisons: readonly Comparison[], scores: readonly number[]): Tally {
  const sides = comparisons.flatMap(({ first, second, votes: [above, below] }) => [
    { first, second, target: 1, votes: above },
    { first, second, target: 0, votes: below },
  ]);
  const right = sides.reduce((sum, side) => sum + side.votes * agreement(side, scores), 0);
  return { pairs: total(sides, "votes"), right };
}

/** 1 where the scores prefer what the labelers prefer, one half where they are equal, 0 where one is NaN. */
function agreement({ first, second, target }: Omit<Comparison, "weight" | "votes">, scores: readonly number[]): number {
  const difference = scores[first]! - scores[second]!;
  if (difference === 0) return 0.5;
  return (target > 0.5 ? difference > 0 : difference < 0) ? 1 : 0;
}

function logLoss({ first, second, target }: Comparison, rewards: readonly number[]): number {
  const difference = rewards[first]! - rewards[second]!;
  return softplus(difference) - target * difference;
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function total<K extends string>(list: readonly Readonly<Record<K, number>>[], key: K): number {
  return list.reduce((sum, item) => sum + item[key], 0);
}

function mean(values: readonly number[]): number {
  return share(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
