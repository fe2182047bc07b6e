import { comparisonsOf, type EvaluationReport, type PreferenceGroup } from "@borda/preferences";
import { type Judged, measure } from "./measure";
import { loadScorer, type ScorerOptions } from "./score";

export interface EvaluateOptions extends Omit<ScorerOptions, "rows"> {
  readonly signal?: AbortSignal;
  /** Prompts judged so far, and all of them. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Prompts scored together: their rows fill batches of like lengths. */
const CHUNK = 64;

/** How well a checkpoint, as it is served, agrees with the rankings of some groups. Throws RewardModelError. */
export async function evaluate(
  folder: string,
  groups: readonly PreferenceGroup[],
  options: EvaluateOptions = {},
): Promise<EvaluationReport> {
  return measure(await judge(folder, groups, options));
}

/** What `evaluate` measures: a checkpoint's rewards of each group that has a comparison, in their order. */
export async function judge(
  folder: string,
  groups: readonly PreferenceGroup[],
  { signal, onProgress = () => {}, ...serving }: EvaluateOptions = {},
): Promise<Judged[]> {
  const compared = groups
    .map((group) => ({ group, comparisons: comparisonsOf(group.rankings) }))
    .filter(({ comparisons }) => comparisons.length > 0);
  const scorer = await loadScorer(folder, { ...serving, rows: "many" });
  try {
    const judged: Judged[] = [];
    for (let at = 0; at < compared.length; at += CHUNK) {
      signal?.throwIfAborted();
      const chunk = compared.slice(at, at + CHUNK);
      const texts = chunk.map(({ group }) => group.completions.map(({ text }) => text));
      const scores = await scorer.scoreGroups(
        chunk.map(({ group }, index) => ({ prompt: group.prompt, completions: texts[index]! })),
      );
      chunk.forEach(({ comparisons }, index) => {
        const used = new Set(comparisons.flatMap(({ first, second }) => [first, second]));
        judged.push(
          judgedOf(
            comparisons,
            [...used].sort((p, q) => p - q),
            scores[index]!,
            texts[index]!,
          ),
        );
      });
      onProgress(Math.min(at + CHUNK, compared.length), compared.length);
    }
    return judged;
  } finally {
    await scorer.close();
  }
}

/** Only compared completions count, as in training: others would shift the mean reward. */
function judgedOf(
  comparisons: Judged["comparisons"],
  used: readonly number[],
  scores: readonly { readonly reward: number }[],
  texts: readonly string[],
): Judged {
  const place = new Map(used.map((completion, index) => [completion, index] as const));
  return {
    comparisons: comparisons.map((pair) => ({
      ...pair,
      first: place.get(pair.first)!,
      second: place.get(pair.second)!,
    })),
    rewards: used.map((completion) => scores[completion]!.reward),
    lengths: used.map((completion) => texts[completion]!.length),
  };
}
