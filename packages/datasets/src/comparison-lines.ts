import { comparisonsOf, type PreferenceGroup } from "@borda/preferences";

/**
 * The strict comparisons of `group` as `{prompt, chosen, rejected, labeler}`, ranking by ranking, without line ends: TRL's
 * preference type with an explicit prompt, which OpenRLHF and Axolotl read too. Of a text prompt, chosen and rejected are
 * texts; of a chat they are the messages that follow it. Ties and unranked completions give no line, and the line of
 * what is unacceptable changes nothing, as in training.
 *
 * Example: a ranking [[0], [1, 2]] gives two lines, 0 over 1 and 0 over 2.
 */
export function* comparisonLines({ prompt, completions, rankings }: Omit<PreferenceGroup, "key">): Generator<string> {
  const answer = (index: number) => {
    const { text } = completions[index]!;
    return typeof prompt === "string" ? text : [{ role: "assistant", content: text }];
  };
  for (const ranking of rankings) {
    for (const { first, second, target } of comparisonsOf([ranking], "drop")) {
      const [chosen, rejected] = target === 1 ? [first, second] : [second, first];
      yield JSON.stringify({ prompt, chosen: answer(chosen), rejected: answer(rejected), labeler: ranking.labeler });
    }
  }
}
