import type { Builder, Operand } from "./builder";
import type { Tensor } from "./tensor";

/** A parameter on its way through one step: its value, its gradient, and what the optimizer remembers of it. */
export interface Trainable {
  readonly name: string;
  readonly value: Tensor;
  readonly gradient: Tensor;
  /** By the slot's name; float32 of the parameter's shape. */
  readonly slots: Readonly<Record<string, Tensor>>;
}

/**
 * A link of an update rule: it maps trainables to trainables, and `chain` composes links into one (after optax's gradient
 * transformations). A link may change gradients, values, or what is remembered; the last word of each is stored.
 */
export interface Optimizer {
  /** What is remembered for each parameter, zeros at first. */
  readonly slots: readonly string[];
  /** Numbers of one step, computed in float64 and fed to the graph as float32 scalars. `step` counts from 1. */
  scalars(at: { readonly step: number; readonly learningRate: number }): Readonly<Record<string, number>>;
  /** One step as tensors, given the scalars of that step by the same names. */
  update(build: Builder, trainables: readonly Trainable[], scalars: Readonly<Record<string, Tensor>>): Trainable[];
}

/** The links one after another; their scalars and slots must not share names. */
export function chain(...links: readonly Optimizer[]): Optimizer {
  const slots = links.flatMap((link) => link.slots);
  if (new Set(slots).size !== slots.length) throw new Error(`two links remember under one name: ${slots.join(", ")}`);
  return {
    slots,
    scalars: (at) => Object.assign({}, ...links.map((link) => link.scalars(at))),
    update: (build, trainables, scalars) =>
      links.reduce((current, link) => link.update(build, current, scalars), [...trainables]),
  };
}

/** Euclidean norm of all gradients together. */
export function globalNorm(build: Builder, gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((gradient) => build.reduceSum(build.square(gradient)));
  return build.sqrt(squares.reduce((sum, square) => build.add(sum, square)));
}

/**
 * Scales all gradients by min(1, maximum / (their global norm + 1e-6)) (Pascanu et al. 2013, algorithm 1, as PyTorch
 * computes it). A maximum of Infinity leaves them as they are.
 */
export function clipByGlobalNorm(maximum: number): Optimizer {
  return {
    slots: [],
    scalars: () => ({ clipNorm: maximum }),
    update: (build, trainables, { clipNorm }) => {
      const norm = globalNorm(
        build,
        trainables.map(({ gradient }) => gradient),
      );
      const factor = build.minimum(1, build.div(clipNorm!, build.add(norm, 1e-6)));
      return trainables.map((each) => ({ ...each, gradient: build.mul(each.gradient, factor) }));
    },
  };
}

/** Matrices and tables decay; norms, biases and other vectors do not. */
export function isMatrix({ value }: Pick<Trainable, "value">): boolean {
  return value.shape.length > 1;
}

/** Decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2): values shrink by learning rate times `rate`. */
export function decayWeights(rate: number, applies: (trainable: Trainable) => boolean = isMatrix): Optimizer {
  return {
    slots: [],
    scalars: ({ learningRate }) => ({ keep: 1 - learningRate * rate }),
    update: (build, trainables, { keep }) =>
      rate === 0
        ? [...trainables]
        : trainables.map((each) => (applies(each) ? { ...each, value: build.mul(each.value, keep!) } : each)),
  };
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** What one step of Adam works on, each of the parameter's shape but for the single numbers. */
export interface AdamOperands {
  readonly value: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
  readonly gradient: Tensor;
  /** Single numbers: 1 - beta1 and 1 - beta2, the learning rate with both bias corrections, and what is added to the root. */
  readonly meanShare: Operand;
  readonly squareShare: Operand;
  readonly rate: Operand;
  readonly floor: Operand;
}

/** One step: moments move towards the gradient and its square, and the value by rate * mean / (sqrt(square) + floor). */
export function adamStep(build: Builder, { value, mean, square, gradient, ...numbers }: AdamOperands) {
  const means = build.add(mean, build.mul(build.sub(gradient, mean), numbers.meanShare));
  const squares = build.add(square, build.mul(build.sub(build.square(gradient), square), numbers.squareShare));
  const move = build.div(build.mul(means, numbers.rate), build.add(build.sqrt(squares), numbers.floor));
  return { value: build.sub(value, move), mean: means, square: squares };
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1, in the order of the end of section 2: both bias corrections in the rate). Written as
 * `adamStep`, which is what TensorFlow has one kernel for.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  return {
    slots: ["means", "squares"],
    scalars: ({ step, learningRate }) => {
      const scale = Math.sqrt(1 - beta2 ** step);
      return { rate: (learningRate * scale) / (1 - beta1 ** step), floor: epsilon * scale };
    },
    update: (build, trainables, { rate, floor }) =>
      trainables.map((each) => {
        const { means, squares } = each.slots as Record<"means" | "squares", Tensor>;
        const next = adamStep(build, {
          ...{ value: each.value, mean: means, square: squares, gradient: each.gradient },
          ...{ meanShare: 1 - beta1, squareShare: 1 - beta2, rate: rate!, floor: floor! },
        });
        return { ...each, value: next.value, slots: { ...each.slots, means: next.mean, squares: next.square } };
      }),
  };
}

export interface AdamWOptions extends AdamOptions {
  readonly weightDecay?: number;
  /** Which parameters decay; matrices where left out. */
  readonly decays?: (trainable: Trainable) => boolean;
}

/** Adam with decoupled weight decay, as PyTorch's AdamW: decay first, then Adam's step. */
export function adamW({ weightDecay = 0.01, decays = isMatrix, ...options }: AdamWOptions = {}): Optimizer {
  return chain(decayWeights(weightDecay, decays), adam(options));
}
