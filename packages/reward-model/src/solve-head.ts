import type { Comparison } from "@borda/preferences";
import { build, createOnnxExecutor, float32, gradient, input, int64, parameter } from "@borda/tensor";
import { RewardModelError } from "./errors";
import { type LossTerms, preferenceLoss } from "./loss";
import { type Minimum, minimise, type Objective, type Stop } from "./minimise";
import { createRandom, shuffled } from "./random";
import { comparisonInputs } from "./reward-step";

/** The compared completions of one prompt as vectors that do not change: row-major [rows, width]. */
export interface FeatureGroup {
  readonly features: Float32Array;
  readonly comparisons: readonly Comparison[];
}

/** reward = weight . features + bias */
export interface SolvedHead {
  readonly weight: Float32Array;
  readonly bias: number;
  /** Training loss of a head of zeros, and of this one, without the ridge. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** Where the fit ended, ridge included. */
  readonly minimum: Minimum;
}

export interface HeadProblem {
  readonly seed: number;
  readonly threads: number;
  /** Of the loss beside its comparisons; none where left out. */
  readonly terms?: LossTerms;
  /** Whether the head has one; fitted where left out. */
  readonly bias?: "fitted" | "none";
  /** Where the last fit ends; at a gradient that no longer moves held-out figures where left out. */
  readonly until?: Stop;
}

/** Strengths of the ridge that are tried, strongest first: each fit starts from the one before. */
const RIDGES = [10, 3, 1, 0.3, 0.1, 0.03, 0.01];
const FOLDS = 4;
const TRIAL = { tolerance: 1e-3, iterations: 40 };
const FINAL = { tolerance: 1e-4, iterations: 200 };
const NO_TERMS: LossTerms = { beta: 0, centering: 0, margin: 0 };

/**
 * The linear head that is best on frozen features: minimises the mean over prompts of the mean over their comparisons
 * of BCE(sigma(r_i - r_j), target), plus a ridge on the weights, a convex problem. Features are first scaled by how much
 * they vary between completions of one prompt, since nothing else moves the loss. The ridge is the one with the least
 * held-out loss in a cross-validation over the training prompts. The bias makes the mean reward 0 where the loss does not
 * see it, and belongs to the problem where beta or centering make the loss see it; the ridge leaves it alone.
 *
 * Training the backbone from this head, not from a random one, spares the steps that would only find it, and the damage
 * that a random head's gradients do to the features (Kumar et al. 2022, "Fine-tuning can distort pretrained features").
 */
export async function solveHead(
  groups: readonly FeatureGroup[],
  width: number,
  { seed, threads, terms = NO_TERMS, bias = "fitted", until = FINAL }: HeadProblem,
): Promise<SolvedHead> {
  const scale = inverseDeviations(groups, width);
  const seen = bias === "fitted" && (terms.beta !== 0 || terms.centering !== 0);
  const problem = await openProblem(groups, width, scale, { terms, bias: seen ? "fitted" : "none", threads });
  try {
    const all = groups.map(() => true);
    const ridge = await ridgeOf(problem, groups.length, width, seed);
    const minimum = await minimise(withRidge(problem.loss(all), ridge, width), problem.start(), until);
    const weight = Float32Array.from(scale, (each, at) => minimum.point[at]! * each);
    const lossOf = async (point: Float64Array) => (await problem.loss(all)(point)).value;
    return {
      weight,
      bias: bias === "none" ? 0 : (minimum.point[width] ?? -meanReward(groups, weight)),
      lossBefore: await lossOf(problem.start()),
      lossAfter: await lossOf(minimum.point),
      minimum,
    };
  } finally {
    await problem.close();
  }
}

/** The ridge with the least loss on prompts that the fit did not see. */
async function ridgeOf(problem: Problem, prompts: number, width: number, seed: number): Promise<number> {
  const folds = Math.min(FOLDS, prompts);
  if (folds < 2) return RIDGES[0]!;
  const order = shuffled([...Array(prompts).keys()], createRandom(seed));
  const foldOf = new Map(order.map((group, place) => [group, place % folds] as const));
  const losses = RIDGES.map(() => 0);
  for (let fold = 0; fold < folds; fold++) {
    const outside = Array.from({ length: prompts }, (_, group) => foldOf.get(group) === fold);
    const inside = outside.map((out) => !out);
    let point = problem.start();
    for (const [at, ridge] of RIDGES.entries()) {
      ({ point } = await minimise(withRidge(problem.loss(inside), ridge, width), point, TRIAL));
      losses[at]! += (await problem.loss(outside)(point)).value * outside.filter(Boolean).length;
    }
  }
  return RIDGES[losses.indexOf(Math.min(...losses))]!;
}

interface Problem {
  /** Zeros: a weight for each scaled feature, and the bias where the loss sees it. */
  start(): Float64Array;
  /** The loss over the groups that are chosen, as a function of such a point. */
  loss(chosen: readonly boolean[]): Objective;
  close(): Promise<void>;
}

/** Loss and gradient run natively, on all rows at once; which prompts count is a matter of the comparisons' weights. */
async function openProblem(
  groups: readonly FeatureGroup[],
  width: number,
  scale: Float32Array,
  { terms, bias: kind, threads }: Required<Pick<HeadProblem, "terms" | "bias" | "threads">>,
): Promise<Problem> {
  const rows = groups.reduce((sum, { features }) => sum + features.length / width, 0);
  const matrix = new Float32Array(rows * width);
  const pairs: { first: number; second: number; target: number; share: number; group: number }[] = [];
  let row = 0;
  groups.forEach(({ features, comparisons }, group) => {
    for (let at = 0; at < features.length; at++) matrix[row * width + at] = features[at]! * scale[at % width]!;
    const labelers = comparisons.reduce((sum, { weight }) => sum + weight, 0);
    for (const { first, second, target, weight } of comparisons)
      pairs.push({ first: row + first, second: row + second, target, share: weight / labelers, group });
    row += features.length / width;
  });
  const head = parameter("head", [1, width]);
  const features = input("features", ["n", width]);
  const differences = build.reshape(build.matmul(features, head, { transposeY: true }), { shape: ["n"] });
  const biased = kind === "fitted";
  const bias = parameter("bias", [1]);
  const rewards = biased ? build.add(differences, bias) : differences;
  const loss = preferenceLoss(rewards, comparisonInputs(), terms);
  const [slope, lift] = gradient(loss, [head, bias]);
  const outputs = { loss, slope: slope!, ...(biased && { lift: lift! }) };
  const executor = await createOnnxExecutor({ outputs }, { threads });
  const fixed = {
    features: float32(matrix, [rows, width]),
    first: int64(pairs.map(({ first }) => first)),
    second: int64(pairs.map(({ second }) => second)),
    target: float32(pairs.map(({ target }) => target)),
  };
  return {
    start: () => new Float64Array(width + Number(biased)),
    loss: (chosen) => {
      const prompts = chosen.filter(Boolean).length;
      const weight = float32(pairs.map(({ share, group }) => (chosen[group] ? share / prompts : 0)));
      return async (point) => {
        const head = float32(Float32Array.from(point.subarray(0, width)), [1, width]);
        const found = await executor.run({ ...fixed, weight, head, bias: float32([point[width] ?? 0]) });
        const slopes = [found.slope!, ...(found.lift ? [found.lift] : [])].flatMap(({ data }) => [
          ...(data as Float32Array),
        ]);
        return { value: Number(found.loss!.data[0]), gradient: Float64Array.from(slopes) };
      };
    },
    close: () => executor.close(),
  };
}

/** With a ridge on the first `width` entries of the point. */
function withRidge(objective: Objective, ridge: number, width: number): Objective {
  return async (point) => {
    const { value, gradient } = await objective(point);
    const square = point.subarray(0, width).reduce((sum, weight) => sum + weight * weight, 0);
    return {
      value: value + (ridge / 2) * square,
      gradient: gradient.map((slope, i) => (i < width ? slope + ridge * point[i]! : slope)),
    };
  };
}

/**
 * One over the deviation of each feature around its mean within a prompt; 0 for a feature that never varies there. Throws
 * RewardModelError where a feature is not finite.
 */
function inverseDeviations(groups: readonly FeatureGroup[], width: number): Float32Array {
  const squares = new Float64Array(width);
  let count = 0;
  for (const { features } of groups) {
    const rows = features.length / width;
    count += rows;
    for (let i = 0; i < width; i++) {
      let mean = 0;
      for (let row = 0; row < rows; row++) mean += features[row * width + i]! / rows;
      for (let row = 0; row < rows; row++) squares[i]! += (features[row * width + i]! - mean) ** 2;
    }
  }
  if (squares.some((sum) => !Number.isFinite(sum)))
    throw new RewardModelError(
      "BAD_BACKBONE",
      "The backbone gives features that are no finite numbers: its weights hold NaN or infinity, or it overflows. Take its files anew, or another backbone.",
    );
  return Float32Array.from(squares, (sum) => (sum > 1e-12 * count ? 1 / Math.sqrt(sum / count) : 0));
}

function meanReward(groups: readonly FeatureGroup[], weight: Float32Array): number {
  const width = weight.length;
  let [sum, rows] = [0, 0];
  for (const { features } of groups) {
    rows += features.length / width;
    for (let at = 0; at < features.length; at++) sum += features[at]! * weight[at % width]!;
  }
  return rows === 0 ? 0 : sum / rows;
}
