import type { Feeds, Value } from "./data";
import type { StepGraph } from "./step-graph";
import type { Tensor } from "./tensor";

export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/**
 * What becomes of the arrays that weights are given in: copied, they stay the caller's; taken, nobody else may read them
 * any more, and a runtime changes them in place or frees them, which saves a copy of the model.
 */
export type Arrays = "copied" | "taken";

/** What a runtime is to keep between steps, and the graphs that read and change it. */
export interface ResidencePlan {
  /** Weights that steps change. */
  readonly weights: Weights;
  /** What the optimizer remembers, with its shapes; zeros at first. */
  readonly slots: ReadonlyMap<string, readonly number[]>;
  /** Weights that nothing changes. */
  readonly frozen: Weights;
  readonly arrays: Arrays;
  readonly steps: Readonly<Record<string, StepGraph>>;
  readonly passes: Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
}

/** Weights and slots where a runtime keeps them while it trains. */
export interface Residence {
  /** Runs a step's graph; its updates are done when the promise resolves. Feeds are checked before anything changes. */
  step(name: string, feeds: Feeds): Promise<Record<string, Value>>;
  /** Runs a pass, which changes nothing. */
  pass(name: string, feeds: Feeds): Promise<Record<string, Value>>;
  /** All weights as they are now, frozen ones included; they may be the arrays that later steps change. */
  readonly weights: Feeds;
  /** Copies of the weights that train, and of the slots. */
  copies(): Record<"weights" | "slots", Map<string, Float32Array>>;
  /** Overwrites weights and slots, all of them, sizes as they are. */
  overwrite(values: ReadonlyMap<string, Float32Array>): void;
  close(): Promise<void>;
}
