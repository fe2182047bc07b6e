import type { Feeds, Value } from "./data";

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
