import type { z } from "zod";

/** What a job is: its name, its input, and how it is repeated when it fails. The handler lives in the worker. */
export interface JobDefinition<Name extends string = string, Input = unknown> {
  readonly name: Name;
  /** Parsed when a job is added, and again when it is delivered: the two sides may be of different versions. */
  readonly input: z.ZodType<Input>;
  /** Jobs of one key never run or wait twice: adding a second is answered with the first. */
  concurrencyKey(input: Input): string;
  /** How often it is delivered at most when its handler throws. */
  readonly attempts: number;
  /** Pause after the first failed attempt; it doubles with each further one. */
  readonly backoffSeconds: number;
  /** What adding does while a job of the same key runs: nothing, or one more run after it. */
  readonly whileRunning: "skip" | "again";
}

type Defaults = "backoffSeconds" | "whileRunning";

export function defineJob<const Name extends string, Input>(
  definition: Omit<JobDefinition<Name, Input>, Defaults> & Partial<Pick<JobDefinition<Name, Input>, Defaults>>,
): JobDefinition<Name, Input> {
  return { backoffSeconds: 5, whileRunning: "skip", ...definition };
}

/** The parsed input of a job. */
export type InputOf<J> = J extends JobDefinition<string, infer Input> ? Input : never;
