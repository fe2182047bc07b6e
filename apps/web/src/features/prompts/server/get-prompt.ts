import { keyOf } from "@borda/datasets";
import { PromptId, splitOf } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { PromptStory } from "../views";

/** One prompt's story: its completions with their models, every ranking of it, and who passed it over. */
export const getPrompt = adminProcedure
  .input(z.object({ promptId: PromptId }))
  .output(PromptStory)
  .query(async ({ ctx: { database }, input: { promptId } }) => {
    const { texts, ranked, skipped, ...story } = await database.prompts.story(promptId);
    const { recipe } = await database.projects.get(story.projectId);
    return {
      ...story,
      side: splitOf(keyOf(story.prompt), recipe.heldOutShare),
      completions: [...texts],
      rankings: ranked.map((ranking) => ({
        ...ranking,
        createdAt: new Date(ranking.createdAt),
        tiers: ranking.tiers.map((tier) => [...tier]),
      })),
      skips: [...skipped],
    };
  });
