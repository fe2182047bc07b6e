import { z } from "zod";

/** Prompts with completions that are scored one after the other, as a child gets them in a file. */
export const Workload = z.object({
  name: z.string(),
  groups: z.array(z.object({ prompt: z.string(), completions: z.array(z.string()).min(1) })).min(1),
});
export type Workload = z.infer<typeof Workload>;

/** What a child scores, how often, and with what. */
export const ScoringJob = z.object({
  checkpoint: z.string(),
  /** A JSON file with a list of workloads. */
  workloads: z.string(),
  precision: z.enum(["float32", "int8"]),
  passes: z.number().int().positive(),
  threads: z.number().int().positive(),
});
export type ScoringJob = z.infer<typeof ScoringJob>;

/** What a child prints for each workload, in one line. */
export const Scored = z.object({
  name: z.string(),
  /** Of the fastest pass over the whole workload, by the clock, and of the least busy one by the processor. */
  seconds: z.number(),
  processor: z.number(),
  /** Of each completion, prompt after prompt. */
  rewards: z.array(z.number()),
  /** What the fastest pass did, where several ways were tried. */
  way: z.string().default(""),
});
export type Scored = z.infer<typeof Scored>;
