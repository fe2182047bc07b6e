import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Prompt } from "@borda/preferences";
import { openOnnx, openOnnxSessions } from "@borda/tensor";
import { type EncodedCompletion, readCheckpoint } from "@borda/transformer";
import { cheapestRuns } from "./cheapest-runs";
import { readCheckpointInfo } from "./checkpoint";
import type { CheckpointInfo } from "./checkpoint-info";
import { padRows } from "./collate";
import { RewardModelError } from "./errors";
import { PASS_TOKENS } from "./forward";
import { LOGITS, tokenFeeds } from "./model";
import { ONNX_FILES, type ServingPrecision } from "./serving-graph";
import { sessionsFor, sessionTokens } from "./side-by-side";

export interface Score {
  readonly reward: number;
  /** Of prompt and completion together, as the model read them. */
  readonly tokens: number;
  /** Whether the prompt lost its beginning, or the completion its end. */
  readonly truncated: boolean;
}

/** A checkpoint ready to score. Holds native memory until closed; for few rows blocks the event loop while a batch runs. */
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
  /**
   * For "few" the threads compute each batch together, which answers a few rows soonest; "few" where left out. For "many"
   * each computes batches of its own with weights of its own, which is through with many rows sooner.
   */
  readonly rows?: "few" | "many";
}

/** What a run of such a session costs beside its tokens, in tokens: its threads hardly wait for each other. */
const SIDE_RUN_TOKENS = 16;

/**
 * Opens a checkpoint's ONNX graph. Rows run together with others of like lengths; a row's score does not depend on its batch
 * beyond float32 rounding (1e-5). Throws RewardModelError for a folder that is no checkpoint, or has no graph of that
 * precision.
 */
export async function loadScorer(folder: string, options: ScorerOptions = {}): Promise<Scorer> {
  const { threads = 1, precision = "float32", rows: asked = "few" } = options;
  const info = await readCheckpointInfo(folder);
  const graph = ONNX_FILES[precision];
  if (!(graph in info.files))
    throw new RewardModelError(
      "BAD_CHECKPOINT",
      `${folder} has no ${graph}: it was written before Borda did. Train it again, or score in float32.`,
    );
  const { tokenizer } = await readCheckpoint(folder);
  const file = join(folder, graph);
  const sessions = asked === "many" ? await sessionsOf(folder, info, graph, threads) : 1;
  const executor =
    sessions > 1
      ? await openOnnxSessions(file, { sessions, threads: threads / sessions })
      : await openOnnx(file, { threads });

  async function rewardsOf(rows: readonly EncodedCompletion[]): Promise<number[]> {
    const rewards = new Array<number>(rows.length);
    const lengths = rows.map(({ ids }) => ids.length);
    const batches =
      sessions > 1
        ? cheapestRuns(lengths, sideTokens(lengths, threads, sessions), SIDE_RUN_TOKENS)
        : cheapestRuns(lengths, PASS_TOKENS);
    // The longest first, so that sessions side by side end at about the same time.
    const runs = batches.reverse().map(async (batch) => {
      const padded = padRows(
        batch.map((index) => rows[index]!),
        tokenizer.padId,
      );
      const { [LOGITS]: logits } = await executor.run(tokenFeeds(padded));
      batch.forEach((index, at) => {
        rewards[index] = Number(logits!.data[at]);
      });
    });
    await Promise.all(runs);
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

/** The most sessions that share the threads evenly and whose weights fit; a graph's weights may lie in files beside it. */
async function sessionsOf(folder: string, { files }: CheckpointInfo, graph: string, threads: number): Promise<number> {
  const parts = Object.keys(files).filter((name) => name.startsWith(graph));
  const sizes = await Promise.all(parts.map(async (name) => (await stat(join(folder, name))).size));
  return sessionsFor(
    sizes.reduce((sum, size) => sum + size, 0),
    threads,
  );
}

/** Padded tokens of a batch beside others: so many that a few rows still give each session some. */
function sideTokens(lengths: readonly number[], threads: number, sessions: number): number {
  const share = Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / sessions);
  return Math.min(share, sessionTokens(threads, sessions));
}
