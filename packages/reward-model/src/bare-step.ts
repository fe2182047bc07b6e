import type { Recipe } from "@borda/preferences";
import type { Runtime } from "@borda/tensor";
import type { Backbone } from "@borda/transformer";
import type { EncodedGroup } from "./encode";
import { RewardModelError } from "./errors";
import { type RewardBackbone, rewardGraph, startingHead } from "./model";
import { poolingOf } from "./pooling";
import { createRewardStep } from "./reward-step";
import { trainedPart } from "./trained-part";
import { exceedsPass, openRewardSlopes, type UpdateResult, update } from "./update";

/** The steps of a training without the training round them, for whoever times or compares them. */
export interface BareStep {
  /**
   * One update on these prompts: what a training of the recipe does with one of its batches. Throws RewardModelError for
   * a prompt that exceeds the recipe's token budget.
   */
  run(groups: readonly EncodedGroup[], learningRate: number): Promise<UpdateResult>;
  close(): Promise<void>;
}

/** Takes the backbone's arrays. Holds native memory until closed. Throws RewardModelError where the recipe does not suit the backbone. */
export async function openBareStep(
  backbone: Backbone & RewardBackbone,
  recipe: Recipe,
  runtime: Runtime,
): Promise<BareStep> {
  const graph = rewardGraph(backbone, poolingOf(backbone, backbone.tokenizer, recipe));
  const part = trainedPart(backbone, graph, recipe);
  const step = await createRewardStep(part, startingHead(backbone), recipe, {
    ...runtime,
    passes: "one",
    arrays: "taken",
  });
  const slopes = await openRewardSlopes(recipe, runtime.threads ?? 1);
  const { tokenBudget, seed } = recipe;
  let taken = 0;
  return {
    run: async (groups, learningRate) => {
      if (exceedsPass(groups, tokenBudget))
        throw new RewardModelError("BAD_RECIPE", `tokenBudget is ${tokenBudget}, and the prompt is larger: raise it.`);
      const settings = { padId: backbone.tokenizer.padId, tokenBudget, seed, step: taken, learningRate };
      taken += 1;
      return update(step, slopes, [groups], settings);
    },
    close: async () => {
      await slopes.close();
      await step.close();
    },
  };
}
