import { CompletionId, ProjectId, Prompt, PromptId, RankingId } from "@borda/preferences";
import { z } from "zod";

/** Which prompts the table shows. */
export const PromptFilter = z.enum(["all", "open", "ranked", "skipped", "short"]);
export type PromptFilter = z.infer<typeof PromptFilter>;

export const promptFilters: Record<PromptFilter, string> = {
  all: "All prompts",
  open: "To be ranked",
  ranked: "With rankings",
  skipped: "Skipped by somebody",
  short: "Too few completions to rank",
};

/** A prompt in the table. `text` is cut; `turns` is null for a plain text. */
export const PromptRow = z.object({
  id: PromptId,
  text: z.string(),
  turns: z.int().nullable(),
  completions: z.int(),
  made: z.int(),
  imported: z.int(),
  tasksOpen: z.int(),
  skips: z.int(),
});
export type PromptRow = z.infer<typeof PromptRow>;

/** Everything that happened to one prompt. Tiers name completions by id, best first. */
export const PromptStory = z.object({
  id: PromptId,
  projectId: ProjectId,
  prompt: Prompt,
  /** Its side in every split by the project's recipe. */
  side: z.enum(["train", "held-out"]),
  tasksOpen: z.int(),
  completions: z.array(z.object({ id: CompletionId, text: z.string(), model: z.string().nullable() })),
  rankings: z.array(
    z.object({
      id: RankingId,
      labeler: z.string(),
      imported: z.boolean(),
      tiers: z.array(z.array(CompletionId)),
      unacceptableFrom: z.int().nullable(),
      secondsSpent: z.number().nullable(),
      createdAt: z.date(),
    }),
  ),
  skips: z.array(z.object({ labeler: z.string(), reason: z.string(), note: z.string() })),
});
export type PromptStory = z.infer<typeof PromptStory>;
