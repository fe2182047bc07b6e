import { build, input, parameter } from "./build";
import { gradient } from "./gradient";
import { globalNorm, type Optimizer, type Trainable } from "./optimizer";
import { type Tensor, topologicalOrder } from "./tensor";

/** What one signature of a step computes from its feeds: the loss to descend, and whatever else is wanted of the same pass. */
export interface Objective {
  readonly loss: Tensor;
  /** Fetched with the loss, computed with the weights before the update. */
  readonly outputs?: Readonly<Record<string, Tensor>>;
  /** How its gradients are made, such as by recomputation; by `gradient` where left out. */
  readonly gradients?: typeof gradient;
}

/** A whole step as tensors. */
export interface StepGraph {
  /** Such as the loss, the norm of its gradients, and the objective's outputs. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The value after the step of everything resident that it changes, by its key. */
  readonly updates: Readonly<Record<string, Tensor>>;
}

export const slotKey = (slot: string, name: string) => `${slot}/${name}`;
export const scalarKey = (name: string) => `scalar/${name}`;
export const outputKey = (name: string) => `output/${name}`;
/** Of a weight's gradients, added up until the next update. */
export const sumKey = (name: string) => `sum/${name}`;

/** Names of weights that train. */
interface Names {
  has(name: string): boolean;
}

/** Something resident, and the tensor that takes its place after the step. */
interface Replacement {
  readonly old: Tensor;
  readonly next: Tensor;
}

/** A weight and the gradient that it is updated by. */
type Slope = Pick<Trainable, "name" | "value" | "gradient">;

/** Forward, backward and update of one objective over the weights named in `trained`. */
export function stepGraph(objective: Objective, trained: Names, optimizer: Optimizer): StepGraph {
  const slopes = slopesOf(objective, trained);
  const { replacements } = updateOf(slopes, optimizer);
  return graphOf({ ...fetchedOf(objective), gradientNorm: normOf(slopes) }, replacements);
}

/** Forward and backward of one objective, its gradients added to the sums of those before. */
export function accumulationGraph(objective: Objective, trained: Names): StepGraph {
  const sums = slopesOf(objective, trained).map(({ name, value, gradient }): Replacement => {
    const sum = sumOf(name, value);
    return { old: sum, next: build.add(sum, gradient) };
  });
  return graphOf(fetchedOf(objective), sums);
}

/** The update by the sums that accumulations of these parts left, after which the sums are zero. */
export function applicationGraph(parts: readonly Objective[], trained: Names, optimizer: Optimizer): StepGraph {
  const reached = new Map(parts.flatMap((each) => usesOf(each, trained)).map((use) => [use.name!, use] as const));
  const slopes = [...reached].map(([name, value]) => ({ name, value, gradient: sumOf(name, value) }));
  const { after, replacements } = updateOf(slopes, optimizer);
  const gradientNorm = normOf(slopes);
  // Zero as a product, not as a constant: the update's loop then reads and clears the sum in one pass.
  const zero = build.mul(gradientNorm, 0);
  const cleared = slopes.map((slope, i) => ({ old: slope.gradient, next: build.mul(after[i]!.gradient, zero) }));
  return graphOf({ gradientNorm }, [...replacements, ...cleared]);
}

function graphOf(outputs: StepGraph["outputs"], replacements: readonly Replacement[]): StepGraph {
  return { outputs, updates: Object.fromEntries(replacements.map(({ old, next }) => [old.name!, next])) };
}

function fetchedOf({ loss, outputs = {} }: Objective): Record<string, Tensor> {
  return { loss, ...Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [outputKey(name), tensor])) };
}

function usesOf({ loss }: Objective, trained: Names): Tensor[] {
  return topologicalOrder([loss]).filter(({ op, name }) => op === "parameter" && trained.has(name!));
}

function slopesOf(objective: Objective, trained: Names): Slope[] {
  // A graph may make the tensor of one weight several times: their gradients add up.
  const uses = usesOf(objective, trained);
  const terms = (objective.gradients ?? gradient)(objective.loss, uses);
  const reached = uses.filter((use, i) => uses.findIndex(({ name }) => name === use.name) === i);
  return reached.map((value) => ({
    name: value.name!,
    value,
    gradient: terms.filter((_, i) => uses[i]!.name === value.name).reduce((sum, term) => build.add(sum, term)),
  }));
}

function updateOf(slopes: readonly Slope[], optimizer: Optimizer) {
  const before = slopes.map((slope): Trainable => {
    const slots = optimizer.slots.map((slot) => [slot, residentOf(slotKey(slot, slope.name), slope.value)] as const);
    return { ...slope, slots: Object.fromEntries(slots) };
  });
  const scalarNames = Object.keys(optimizer.scalars({ step: 1, learningRate: 0 }));
  const scalars = Object.fromEntries(scalarNames.map((name) => [name, input(scalarKey(name), [])]));
  const after = optimizer.update(build, before, scalars);
  const replacements = before.flatMap(({ value, slots }, i): Replacement[] => [
    { old: value, next: after[i]!.value },
    ...optimizer.slots.map((slot) => ({ old: slots[slot]!, next: after[i]!.slots[slot]! })),
  ]);
  return { after, replacements };
}

function normOf(slopes: readonly Slope[]): Tensor {
  return globalNorm(
    build,
    slopes.map((slope) => slope.gradient),
  );
}

function sumOf(name: string, value: Tensor): Tensor {
  return residentOf(sumKey(name), value);
}

function residentOf(key: string, { shape }: Tensor): Tensor {
  return parameter(key, shape as readonly number[]);
}
