import { join } from "node:path";
import type { Prompt } from "@borda/preferences";
import { openOnnx } from "@borda/tensor";
import { type EncodedCompletion, readCheckpoint } from "@borda/transformer";
import { cheapestRuns } from "./cheapest-runs";
import { readCheckpointInfo } from "./checkpoint";
import type { CheckpointInfo } from "./checkpoint-info";
import { padRows } from "./collate";
import { RewardModelError } from "./errors";
import { PASS_TOKENS } from "./forward";
import { LOGITS, tokenFeeds } from "./model";
import { ONNX_FILES, type ServingPrecision } from "./serving-graph";

export interface Score {
  readonly reward: number;
  /** Of prompt and completion together, as the model read them. */
  readonly tokens: number;
  /** Whether the prompt lost its beginning, or the completion its end. */
  readonly truncated: boolean;
}

/** A checkpoint ready to score. Holds native memory until closed; blocks the event loop while a batch runs. */
export interface Scorer {
  readonly info: CheckpointInfo;
  /** Scores pairs that have nothing to do with each other, in their order. */
  score(items: readonly { readonly prompt: Prompt; readonly completion: string }[]): Promise<Score[]>;
  /** Scores the completions of one prompt, in their order, with one cut of the prompt for all of them. */
  scoreGroup(prompt: Prompt, completions: readonly string[]): Promise<Score[]>;
  /** Scores several prompts' completions in common batches; each prompt as scoreGroup does. */
  scoreGroups(
    groups: readonly { readonly prompt: Prompt; readonly completions: readonly string[] }[],
  ): Promise<Score[][]>;
  close(): Promise<void>;
}

export interface ScorerOptions {
  /** 1 where left out. */
  readonly threads?: number;
  /**
   * float32 where left out, which gives the rewards that were measured. int8 is a quarter of the size and may be faster;
   * its rewards differ, and a row's depend a little on its batch, whose largest activations set the scale.
   */
  readonly precision?: ServingPrecision;
}

/**
 * Opens a checkpoint's ONNX graph. Rows run together with others of like lengths; a row's score does not depend on its batch
 * beyond float32 rounding (1e-5). Throws RewardModelError for a folder that is no checkpoint, or has no graph of that
 * precision.
 */
export async function loadScorer(folder: string, options: ScorerOptions = {}): Promise<Scorer> {
  const { threads = 1, precision = "float32" } = options;
  const info = await readCheckpointInfo(folder);
  const graph = ONNX_FILES[precision];
  if (!(graph in info.files))
    throw new RewardModelError(
      "BAD_CHECKPOINT",
      `${folder} has no ${graph}: it was written before Borda did. Train it again, or score in float32.`,
    );
  const { tokenizer } = await readCheckpoint(folder);
  const executor = await openOnnx(join(folder, graph), { threads });

  async function rewardsOf(rows: readonly EncodedCompletion[]): Promise<number[]> {
    const rewards = new Array<number>(rows.length);
    const lengths = rows.map(({ ids }) => ids.length);
    for (const batch of cheapestRuns(lengths, PASS_TOKENS)) {
      const padded = padRows(
        batch.map((index) => rows[index]!),
        tokenizer.padId,
      );
      const { [LOGITS]: logits } = await executor.run(tokenFeeds(padded));
      batch.forEach((index, at) => {
        rewards[index] = Number(logits!.data[at]);
      });
    }
    return rewards;
  }

  const scoreGroups: Scorer["scoreGroups"] = async (groups) => {
    const encoded = groups.map(({ prompt, completions }) => tokenizer.encodeGroup(prompt, completions, info.maxLength));
    const rewards = await rewardsOf(encoded.flat());
    let at = 0;
    return encoded.map((rows) =>
      rows.map(({ ids, truncated }) => ({ reward: rewards[at++]!, tokens: ids.length, truncated })),
    );
  };
  return {
    info,
    scoreGroups,
    scoreGroup: async (prompt, completions) => (await scoreGroups([{ prompt, completions }]))[0]!,
    score: async (items) =>
      (await scoreGroups(items.map(({ prompt, completion }) => ({ prompt, completions: [completion] })))).flat(),
    close: () => executor.close(),
  };
}
