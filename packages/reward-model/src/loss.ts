import { build, type Tensor } from "@borda/tensor";

/** Comparisons of a batch: int64 and float32 tensors [p], see Batch. */
export interface ComparisonTensors {
  readonly first: Tensor;
  readonly second: Tensor;
  readonly target: Tensor;
  readonly weight: Tensor;
}

export interface LossTerms {
  /** Factor of the L2 term on the rewards. */
  readonly beta: number;
  /** Factor of the term that holds the sum of two rewards at zero. */
  readonly centering: number;
  /** By how much the preferred reward should exceed the other before the loss eases. */
  readonly margin: number;
}

/**
 * Mean over prompts of the mean over their comparisons of -log sigma(r_i - r_j) (Ouyang et al. 2022, eq. 1),
 * generalised to soft targets and three optional terms. For a comparison with d = r_i - r_j, margin m and target y:
 *
 *     -y log sigma(d - m) - (1 - y) log sigma(-d - m) + beta (r_i^2 + r_j^2) / 2 + centering (r_i + r_j)^2
 *
 * which for m = 0 is BCE(sigma(d), y) + ...; each vote asks for the margin on its own side, so that swapping the two
 * completions changes nothing. rewards [n], one a completion; the comparisons index into them, and their weights sum to
 * 1, equally for each prompt. Returns a scalar.
 *
 * Example: rewards (2, 0), one comparison (0 over 1, target 1), beta 0: log(1 + e^-2) = 0.1269.
 */
export function preferenceLoss(rewards: Tensor, comparisons: ComparisonTensors, terms: LossTerms): Tensor {
  const { add, gather, mul, reduceSum, softplus, square, sub } = build;
  const { first, second, target, weight } = comparisons;
  const [p, q] = [gather(rewards, first), gather(rewards, second)];
  const difference = sub(p, q);
  // -log sigma(x) = softplus(-x), which does not overflow.
  let each =
    terms.margin === 0
      ? sub(softplus(difference), mul(target, difference))
      : add(
          mul(target, softplus(sub(terms.margin, difference))),
          mul(sub(1, target), softplus(add(difference, terms.margin))),
        );
  if (terms.beta !== 0) each = add(each, mul(terms.beta / 2, add(square(p), square(q))));
  if (terms.centering !== 0) each = add(each, mul(terms.centering, square(add(p, q))));
  return reduceSum(mul(weight, each), { axes: [0] });
}
