import { build, input, parameter } from "./build";
import { type Feeds, float32, type Value } from "./data";
import { StateMismatch } from "./errors";
import type { Executor } from "./executor";
import { createOnnxExecutor, type OnnxOptions } from "./executors/onnx";
import { gradient } from "./gradient";
import { checkInPlace } from "./in-place";
import { globalNorm, type Optimizer, type Trainable } from "./optimizer";
import { type Tensor, topologicalOrder } from "./tensor";

export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** What one signature of a step computes from its feeds: the loss to descend, and whatever else is wanted of the same pass. */
export interface Objective {
  readonly loss: Tensor;
  /** Fetched with the loss, computed with the weights before the update. */
  readonly outputs?: Readonly<Record<string, Tensor>>;
}

export interface TrainStepOptions<S extends string> extends OnnxOptions {
  /** The weights that train, by the names that the graphs give their parameters. Copied. */
  readonly weights: Weights;
  /** Weights that the graphs read and nothing changes. */
  readonly frozen?: Weights;
  /** One graph a signature, all on the same weights. A weight that a loss does not depend on stays as it is in its steps. */
  readonly objectives: Readonly<Record<S, Objective>>;
  readonly optimizer: Optimizer;
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
 * run reads and overwrites the same arrays, and only the batch goes in and the loss comes out.
 */
export interface TrainStep<S extends string = string> {
  /** Steps taken so far. */
  readonly step: number;
  /** The weights as they are now, frozen ones included, to feed to another executor; the arrays change with every step. */
  readonly weights: Feeds;
  /**
   * One step. Feeds are checked before anything changes; should the runtime itself fail, or the loss or norm not be
   * finite, the weights are to be restored from a state.
   */
  run(signature: S, feeds: Feeds, learningRate: number): Promise<StepResult>;
  state(): TrainState;
  /** Goes on from a state of the same weights; throws StateMismatch where names or sizes differ. */
  restore(state: TrainState): void;
  close(): Promise<void>;
}

const slotKey = (slot: string, name: string) => `${slot}/${name}`;
const nextKey = (key: string) => `next/${key}`;
const scalarKey = (name: string) => `scalar/${name}`;

export async function createTrainStep<S extends string>(options: TrainStepOptions<S>): Promise<TrainStep<S>> {
  const { weights, frozen = new Map(), objectives, optimizer, ...onnxOptions } = options;
  const live = new Map([...weights].map(([name, { shape, data }]) => [name, float32(data.slice(), shape)]));
  const memory = new Map(
    [...weights].flatMap(([name, { shape, data }]) =>
      optimizer.slots.map((slot) => [slotKey(slot, name), float32(new Float32Array(data.length), shape)] as const),
    ),
  );
  const fixed: Feeds = Object.fromEntries([...frozen].map(([name, { shape, data }]) => [name, float32(data, shape)]));
  const resident: Feeds = { ...fixed, ...Object.fromEntries(live), ...Object.fromEntries(memory) };
  const into: Feeds = Object.fromEntries([...live, ...memory].map(([key, value]) => [nextKey(key), value]));

  const executors = new Map<S, Executor>();
  for (const [signature, objective] of Object.entries(objectives) as [S, Objective][]) {
    executors.set(signature, await createOnnxExecutor(stepGraph(objective, weights, optimizer), onnxOptions));
  }

  let step = 0;
  return {
    get step() {
      return step;
    },
    weights: { ...fixed, ...Object.fromEntries(live) },
    run: async (signature, feeds, learningRate) => {
      const scalars = Object.entries(optimizer.scalars({ step: step + 1, learningRate })).map(
        ([name, value]) => [scalarKey(name), float32([value], [])] as const,
      );
      const results = await executors
        .get(signature)!
        .run({ ...feeds, ...resident, ...Object.fromEntries(scalars) }, into);
      step += 1;
      const outputs = Object.keys(objectives[signature].outputs ?? {}).map(
        (name) => [name, results[`output/${name}`]!] as const,
      );
      return {
        loss: Number(results.loss!.data[0]),
        gradientNorm: Number(results.gradientNorm!.data[0]),
        outputs: Object.fromEntries(outputs),
      };
    },
    state: () => ({ step, weights: copies(live), slots: copies(memory) }),
    restore: (state) => {
      overwrite(live, state.weights);
      overwrite(memory, state.slots);
      step = state.step;
    },
    close: async () => {
      for (const executor of executors.values()) await executor.close();
    },
  };
}

/** The whole step of one signature, with every new value beside the input that it replaces. */
function stepGraph({ loss, outputs = {} }: Objective, weights: Weights, optimizer: Optimizer) {
  // A graph may make the tensor of one weight several times: their gradients add up.
  const uses = topologicalOrder([loss]).filter(({ op, name }) => op === "parameter" && weights.has(name!));
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
  for (const [name, tensor] of Object.entries(outputs)) fetched[`output/${name}`] = tensor;
  checkInPlace(replacements, Object.values(fetched));
  return { outputs: { ...fetched, ...Object.fromEntries(replacements.map(({ key, next }) => [nextKey(key), next])) } };
}

function copies(arrays: ReadonlyMap<string, Value<Float32Array>>): Map<string, Float32Array> {
  return new Map([...arrays].map(([name, { data }]) => [name, data.slice()]));
}

function overwrite(arrays: ReadonlyMap<string, Value<Float32Array>>, saved: ReadonlyMap<string, Float32Array>): void {
  for (const [name, { data }] of arrays) {
    const from = saved.get(name);
    if (from?.length !== data.length) {
      throw new StateMismatch(
        `the saved state has ${from ? `${from.length} elements` : "nothing"} for "${name}" of ${data.length}: start anew`,
      );
    }
  }
  for (const [name, { data }] of arrays) data.set(saved.get(name)!);
}
