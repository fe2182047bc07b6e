import { build, input, parameter } from "./build";
import { gradient } from "./gradient";
import { checkInPlace } from "./in-place";
import { globalNorm, type Optimizer, type Trainable } from "./optimizer";
import { type Tensor, topologicalOrder } from "./tensor";

/** What one signature of a step computes from its feeds: the loss to descend, and whatever else is wanted of the same pass. */
export interface Objective {
  readonly loss: Tensor;
  /** Fetched with the loss, computed with the weights before the update. */
  readonly outputs?: Readonly<Record<string, Tensor>>;
}

/** A whole step as tensors. */
export interface StepGraph {
  /** The loss, the norm of its gradients, and the objective's outputs. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The value after the step of every weight that the loss reaches, and of each of its slots, by their keys. */
  readonly updates: Readonly<Record<string, Tensor>>;
}

export const slotKey = (slot: string, name: string) => `${slot}/${name}`;
export const scalarKey = (name: string) => `scalar/${name}`;
export const outputKey = (name: string) => `output/${name}`;

/** Forward, backward and update of one objective over the weights named in `trained`. */
export function stepGraph(
  { loss, outputs = {} }: Objective,
  trained: { has(name: string): boolean },
  optimizer: Optimizer,
): StepGraph {
  // A graph may make the tensor of one weight several times: their gradients add up.
  const uses = topologicalOrder([loss]).filter(({ op, name }) => op === "parameter" && trained.has(name!));
  const terms = gradient(loss, uses);
  const reached = uses.filter((use, i) => uses.findIndex(({ name }) => name === use.name) === i);
  const gradients = reached.map(({ name }) =>
    terms.filter((_, i) => uses[i]!.name === name).reduce((sum, term) => build.add(sum, term)),
  );
  const before = reached.map((value, i): Trainable => {
    const slots = optimizer.slots.map(
      (slot) => [slot, parameter(slotKey(slot, value.name!), value.shape as number[])] as const,
    );
    return { name: value.name!, value, gradient: gradients[i]!, slots: Object.fromEntries(slots) };
  });
  const scalarNames = Object.keys(optimizer.scalars({ step: 1, learningRate: 0 }));
  const scalars = Object.fromEntries(scalarNames.map((name) => [name, input(scalarKey(name), [])]));
  const after = optimizer.update(build, before, scalars);

  const replacements = before.flatMap(({ name, value, slots }, i) => [
    { key: name, old: value, next: after[i]!.value },
    ...optimizer.slots.map((slot) => ({ key: slotKey(slot, name), old: slots[slot]!, next: after[i]!.slots[slot]! })),
  ]);
  const fetched: Record<string, Tensor> = { loss, gradientNorm: globalNorm(build, gradients) };
  for (const [name, tensor] of Object.entries(outputs)) fetched[outputKey(name)] = tensor;
  checkInPlace(replacements, Object.values(fetched));
  return { outputs: fetched, updates: Object.fromEntries(replacements.map(({ key, next }) => [key, next])) };
}
