import { type Comparison, comparisonsOf, type PreferenceGroup, type TieRule } from "@borda/preferences";
import type { EncodedCompletion, Tokenizer } from "@borda/transformer";

/** One prompt as the model meets it: a row of tokens for each completion that stands in a comparison. */
export interface EncodedGroup {
  readonly key: string;
  readonly rows: readonly EncodedCompletion[];
  /** Index of each row's completion in the group that was encoded. */
  readonly completions: readonly number[];
  /** Over indices of rows. */
  readonly comparisons: readonly Comparison[];
  /** Length of each row's completion in UTF-16 units, for the rule "the longer one wins". */
  readonly lengths: readonly number[];
}

/**
 * Encodes each distinct completion once. The cut of the prompt is decided by all completions of the group, as it is
 * when the group is scored; a completion without a comparison gets no row, because nothing would be learnt from it.
 */
export function encodeGroup(
  group: PreferenceGroup,
  tokenizer: Tokenizer,
  maxLength: number,
  ties: TieRule = "half",
): EncodedGroup {
  const comparisons = comparisonsOf(group.rankings, ties);
  const compared = [...new Set(comparisons.flatMap(({ first, second }) => [first, second]))].sort((p, q) => p - q);
  if (compared.length === 0) return { key: group.key, rows: [], completions: [], comparisons: [], lengths: [] };
  const texts = group.completions.map(({ text }) => text);
  const encoded = tokenizer.encodeGroup(group.prompt, texts, maxLength);
  const row = new Map(compared.map((completion, index) => [completion, index] as const));
  return {
    key: group.key,
    rows: compared.map((completion) => encoded[completion]!),
    completions: compared,
    comparisons: comparisons.map((pair) => ({ ...pair, first: row.get(pair.first)!, second: row.get(pair.second)! })),
    lengths: compared.map((completion) => texts[completion]!.length),
  };
}

/** The groups that have something to compare, encoded. */
export function encodeGroups(
  groups: readonly PreferenceGroup[],
  tokenizer: Tokenizer,
  maxLength: number,
  ties: TieRule = "half",
): EncodedGroup[] {
  return groups
    .map((group) => encodeGroup(group, tokenizer, maxLength, ties))
    .filter(({ comparisons }) => comparisons.length > 0);
}
