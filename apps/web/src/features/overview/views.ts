import { CheckpointId, EvaluationReport } from "@borda/preferences";
import { z } from "zod";

/** The overview's answers: what came in, what the published model reaches, what humans reach, what to do next. */
export const OverviewView = z.object({
  name: z.string(),
  archivedAt: z.date().nullable(),
  stats: z.object({
    prompts: z.int(),
    completions: z.int(),
    rankings: z.object({ made: z.int(), imported: z.int() }),
    comparisons: z.int(),
    newComparisons: z.int(),
    labelers: z.int(),
    tasksOpen: z.int(),
    tasksDone: z.int(),
  }),
  published: z.object({ id: CheckpointId, report: EvaluationReport, publishedAt: z.date() }).nullable(),
  /** Agreement of the members with each other, on prompts that two of them ranked. */
  agreement: z.object({ agreed: z.number(), pairs: z.int() }),
  /** Rankings made here on each of the last 14 days (UTC), oldest first. */
  pace: z.array(z.object({ day: z.string(), rankings: z.int() })),
  next: z.object({ title: z.string(), why: z.string(), action: z.string(), href: z.string() }),
});
export type OverviewView = z.infer<typeof OverviewView>;
