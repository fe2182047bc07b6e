import type { Feeds, Value } from "./data";
import type { Tensor } from "./tensor";

/** A graph on its way to a runtime. */
export interface Lowering {
  /** What the graph computes, by the names that its outputs get. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Inputs in the order in which the model lists them; the others follow as they are found. */
  readonly inputs?: readonly Tensor[];
  /** Weights to keep with the graph, by parameter name; the other parameters become inputs. Together under 2 GB for onnx. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
}

/** Runs one graph natively, at any sizes of its named dimensions. Holds native memory until closed. */
export interface Executor {
  /** Names of the inputs and parameters that every run must be fed. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * The outputs for these feeds. With `into`, an output of that name is written to the given value's own array, which may
   * be the array of an input when nothing reads that input after the output is computed.
   * Blocks the event loop while the graph runs: call it in a worker thread or a child process.
   */
  run(feeds: Feeds, into?: Feeds): Promise<Record<string, Value>>;
  close(): Promise<void>;
}
