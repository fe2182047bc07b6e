import type { EncodedCompletion } from "./tokenizer";

/**
 * The special tokens that a tokenizer sets around a pair of texts, as its post-processor says:
 * before A between B after. Segments say which text each belongs to.
 */
export interface PairTemplate {
  readonly before: SpecialTokens;
  readonly between: SpecialTokens;
  readonly after: SpecialTokens;
}
export interface SpecialTokens {
  readonly ids: readonly number[];
  readonly segmentIds: readonly number[];
}

/** The share of a row that a prompt keeps where even the longest completion alone does not fit. */
export const promptShare = 1 / 8;

/**
 * How many tokens of the prompt (counted from its right end) every completion of a group keeps, of `budget` tokens for
 * prompt and completion. A completion stays whole as far as it fits: the prompt gets what the LONGEST leaves over.
 * If the longest does not fit on its own, something of it must go anyway, and the prompt keeps promptShare of the budget.
 *
 * Example, budget 16: completions of 3 and 10 tokens leave the prompt 6; completions of 3 and 40 leave it 2.
 */
export function promptTokensKept(prompt: number, completions: readonly number[], budget: number): number {
  const longest = Math.max(0, ...completions);
  const room = longest <= budget ? budget - longest : Math.floor(budget * promptShare);
  return Math.min(prompt, room);
}

/** Rows of one prompt with each of its completions, cut to maxLength with one cut of the prompt for all. */
export function encodeGroup(
  prompt: readonly number[],
  completions: readonly (readonly number[])[],
  { before, between, after }: PairTemplate,
  maxLength: number,
): EncodedCompletion[] {
  const special = before.ids.length + between.ids.length + after.ids.length;
  if (maxLength <= special)
    throw new RangeError(`maxLength is ${maxLength}, but the special tokens of a pair alone are ${special}: raise it.`);
  const budget = maxLength - special;
  const lengths = completions.map(({ length }) => length);
  const kept = promptTokensKept(prompt.length, lengths, budget);
  const context = prompt.slice(prompt.length - kept);
  const completionStart = before.ids.length + kept + between.ids.length;
  return completions.map((completion) => {
    const own = completion.slice(0, budget - kept);
    return {
      ids: [...before.ids, ...context, ...between.ids, ...own, ...after.ids],
      segmentIds: [
        ...before.segmentIds,
        ...context.map(() => 0),
        ...between.segmentIds,
        ...own.map(() => 1),
        ...after.segmentIds,
      ],
      completionStart,
      completionEnd: completionStart + own.length,
      truncated: kept < prompt.length || own.length < completion.length,
    };
  });
}
