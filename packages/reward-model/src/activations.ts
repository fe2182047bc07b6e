import { gradient, sizeOf, type Tensor, termsOf, topologicalOrder } from "@borda/tensor";
import { preferenceLoss } from "./loss";
import type { RewardGraph } from "./model";
import { comparisonInputs } from "./reward-step";

/** Numbers that the forward pass leaves for the backward pass, of n rows of t tokens: perToken n t + perPair n t t. */
export interface ActivationCount {
  readonly perToken: number;
  readonly perPair: number;
}

/**
 * Counts the activations of a training of all weights in the graph itself, whatever the architecture: every float32
 * tensor of the forward pass that a tensor of the backward pass reads. A reshape is its input, and weights are no
 * activations.
 */
export function countActivations(graph: Pick<RewardGraph, "rewards">): ActivationCount {
  const loss = preferenceLoss(graph.rewards, comparisonInputs(), { beta: 0, centering: 0, margin: 0 });
  const forward = topologicalOrder([loss]);
  const made = new Set(forward.filter(({ inputs }) => inputs.length > 0));
  const weights = forward.filter(({ op }) => op === "parameter");
  const kept = new Set<Tensor>();
  for (const tensor of topologicalOrder(gradient(loss, weights)))
    if (!made.has(tensor)) for (const input of tensor.inputs) if (made.has(input)) kept.add(originOf(input));
  const terms = [...kept].filter(({ dtype }) => dtype === "float32").flatMap(({ shape }) => termsOf(sizeOf(shape)));
  const total = (names: string) =>
    terms.filter((term) => term.names.join("*") === names).reduce((sum, { coefficient }) => sum + coefficient, 0);
  return { perToken: total("n*t"), perPair: total("n*t*t") };
}

function originOf(tensor: Tensor): Tensor {
  return tensor.op === "reshape" ? originOf(tensor.inputs[0]!) : tensor;
}
