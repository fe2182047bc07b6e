import { type Feeds, float32, type Value } from "./data";
import { StateMismatch } from "./errors";
import { createOnnxResidence } from "./executors/onnx-residence";
import { createTensorflowResidence } from "./executors/tensorflow-residence";
import { elementCount } from "./ops/array";
import type { Optimizer } from "./optimizer";
import type { Arrays, Residence, ResidencePlan, Weights } from "./residence";
import { roundedProducts } from "./rounded-products";
import type { Runtime } from "./runtime";
import {
  accumulationGraph,
  applicationGraph,
  type Objective,
  outputKey,
  scalarKey,
  slotKey,
  stepGraph,
  sumKey,
} from "./step-graph";
import type { Tensor } from "./tensor";

export interface TrainStepOptions<S extends string, P extends string = never> extends Runtime {
  /** The weights that train, by the names that the graphs give their parameters. */
  readonly weights: Weights;
  /** Weights that the graphs read and nothing changes. */
  readonly frozen?: Weights;
  /** Of both; copied where left out. */
  readonly arrays?: Arrays;
  /** One graph a signature, all on the same weights. A weight that a loss does not depend on stays as it is in its steps. */
  readonly objectives: Readonly<Record<S, Objective>>;
  /** Graphs that only look: outputs from the weights as they are, such as the rewards that an evaluation needs. */
  readonly passes?: Readonly<Record<P, Readonly<Record<string, Tensor>>>>;
  readonly optimizer: Optimizer;
  /** Passes whose gradients add up to one update; where there are any, one more array of each weight's size is kept. */
  readonly parts?: Readonly<Record<string, Objective>>;
}

export interface StepResult {
  readonly loss: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** Everything that the following steps depend on, by copies: restored bit for bit. */
export interface TrainState {
  /** Steps taken. */
  readonly step: number;
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** The optimizer's memory, by "SLOT/WEIGHT". */
  readonly slots: ReadonlyMap<string, Float32Array>;
}

/**
 * Forward, backward, clipping and update as one graph a signature, over weights and moments that stay where they are: a
 * run reads and overwrites them in place, and only the batch goes in and the loss comes out.
 */
export interface TrainStep<S extends string = string, P extends string = never> {
  /** Steps taken so far. */
  readonly step: number;
  /**
   * The weights as they are now, frozen ones included, to feed to another executor. Good until the next step: on onnx they
   * are the arrays that it changes, on tensorflow each look copies them out of the session.
   */
  readonly weights: Feeds;
  /**
   * One step. Feeds are checked before anything changes; should the runtime itself fail, or the loss or norm not be
   * finite, the weights are to be restored from a state.
   */
  run(signature: S, feeds: Feeds, learningRate: number): Promise<StepResult>;
  /**
   * One of the parts of an update that has several: its gradients are added to those of the parts before, no weight
   * changes, and no step is counted. A state knows nothing of the sums: take it after `apply`.
   */
  accumulate(part: string, feeds: Feeds): Promise<Omit<StepResult, "gradientNorm">>;
  /** The step by the sum of all gradients since the last one. */
  apply(learningRate: number): Promise<Pick<StepResult, "gradientNorm">>;
  /** The outputs of a pass, from the weights as they are now. */
  evaluate(pass: P, feeds: Feeds): Promise<Record<string, Value>>;
  state(): TrainState;
  /** Goes on from a state of the same weights, of either executor; throws StateMismatch where names or sizes differ. */
  restore(state: TrainState): void;
  close(): Promise<void>;
}

const APPLICATION = "apply";
const accumulationKey = (part: string) => `accumulate/${part}`;

/** Opens a step where the runtime says. Throws RuntimeUnavailable where that is not there. */
export async function createTrainStep<S extends string, P extends string = never>(
  options: TrainStepOptions<S, P>,
): Promise<TrainStep<S, P>> {
  const { weights, frozen = new Map(), arrays = "copied", objectives, parts = {}, passes = {}, ...rest } = options;
  const { optimizer, ...runtime } = rest;
  const shapes = [...weights].map(([name, { shape }]) => [name, shape] as const);
  const slots = new Map(
    shapes.flatMap(([name, shape]) => optimizer.slots.map((slot) => [slotKey(slot, name), shape] as const)),
  );
  const added = Object.entries(parts);
  const sums = new Map(added.length > 0 ? shapes.map(([name, shape]) => [sumKey(name), shape] as const) : []);
  const steps = Object.entries<Objective>(objectives).map(
    ([name, objective]) => [name, stepGraph(objective, weights, optimizer)] as const,
  );
  for (const [name, part] of added) steps.push([accumulationKey(name), accumulationGraph(part, weights)]);
  if (added.length > 0) steps.push([APPLICATION, applicationGraph(Object.values(parts), weights, optimizer)]);
  const plan: ResidencePlan = {
    weights,
    frozen,
    arrays,
    slots: new Map([...slots, ...sums]),
    steps: Object.fromEntries(steps),
    passes,
  };
  const residence = await createResidence(plan, runtime);

  let step = 0;
  const scalarsAt = (learningRate: number) =>
    Object.fromEntries(
      Object.entries(optimizer.scalars({ step: step + 1, learningRate })).map(
        ([name, value]) => [scalarKey(name), float32([value], [])] as const,
      ),
    );
  const resultOf = ({ outputs = {} }: Objective, results: Record<string, Value>) => ({
    loss: Number(results.loss!.data[0]),
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, results[outputKey(name)]!] as const)),
  });
  const normIn = (results: Record<string, Value>) => ({ gradientNorm: Number(results.gradientNorm!.data[0]) });
  return {
    get step() {
      return step;
    },
    get weights() {
      return residence.weights;
    },
    run: async (signature, feeds, learningRate) => {
      const results = await residence.step(signature, { ...feeds, ...scalarsAt(learningRate) });
      step += 1;
      return { ...resultOf(objectives[signature], results), ...normIn(results) };
    },
    accumulate: async (part, feeds) => resultOf(parts[part]!, await residence.step(accumulationKey(part), feeds)),
    apply: async (learningRate) => {
      const results = await residence.step(APPLICATION, scalarsAt(learningRate));
      step += 1;
      return normIn(results);
    },
    evaluate: (pass, feeds) => residence.pass(pass, feeds),
    state: () => {
      const { weights: now, slots: kept } = residence.copies();
      return { step, weights: now, slots: new Map([...kept].filter(([key]) => slots.has(key))) };
    },
    restore: (state) => {
      checkSizes(new Map(shapes), state.weights);
      checkSizes(slots, state.slots);
      const zeros = [...sums].map(([key, shape]) => [key, new Float32Array(elementCount(shape))] as const);
      residence.overwrite(new Map([...state.weights, ...state.slots, ...zeros]));
      step = state.step;
    },
    close: () => residence.close(),
  };
}

function createResidence(plan: ResidencePlan, runtime: Runtime): Promise<Residence> {
  if (runtime.precision === "bfloat16-emulated")
    return createResidence(roundedPlan(plan), { ...runtime, precision: "float32" });
  return runtime.executor === "tensorflow"
    ? createTensorflowResidence(plan, runtime)
    : createOnnxResidence(plan, runtime);
}

function roundedPlan(plan: ResidencePlan): ResidencePlan {
  const steps = Object.entries(plan.steps).map(([name, step]) => {
    const [outputs, updates] = roundedProducts(step.outputs, step.updates);
    return [name, { outputs, updates }] as const;
  });
  const passes = Object.entries(plan.passes).map(([name, pass]) => [name, roundedProducts(pass)[0]] as const);
  return { ...plan, steps: Object.fromEntries(steps), passes: Object.fromEntries(passes) };
}

function checkSizes(shapes: ReadonlyMap<string, readonly number[]>, saved: ReadonlyMap<string, Float32Array>): void {
  for (const [name, shape] of shapes) {
    const size = elementCount(shape);
    const from = saved.get(name);
    if (from?.length !== size) {
      throw new StateMismatch(
        `the saved state has ${from ? `${from.length} elements` : "nothing"} for "${name}" of ${size}: start anew`,
      );
    }
  }
}
