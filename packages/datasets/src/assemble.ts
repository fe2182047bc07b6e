import { checkRanking, InvalidRanking, type Prompt } from "@borda/preferences";
import { type DatasetRow, RowProblem } from "./row";

/** A completion as its record gives it; `field` is where it stands there. */
export interface ReadCompletion {
  readonly text: string;
  readonly model?: string | undefined;
  readonly field: string;
}

/** A ranking over the record's own completion indices; `field` is where its tiers stand. */
export interface ReadRanking {
  readonly labeler: string;
  readonly tiers: readonly (readonly number[])[];
  readonly unacceptableFrom?: number | null;
  readonly field: string;
}

/**
 * The row of a record: identical completions become one, and rankings follow them.
 * Throws RowProblem if fewer than two distinct completions remain, if a ranking is not a weak order over the
 * completions, or if a ranking puts two copies of one text into different tiers, which contradicts itself.
 */
export function assembleRow(
  line: number,
  prompt: Prompt,
  read: readonly ReadCompletion[],
  rankings: readonly ReadRanking[],
): DatasetRow {
  const indexOfText = new Map<string, number>();
  const completions: { text: string; model?: string }[] = [];
  const distinct = read.map(({ text, model }) => {
    const known = indexOfText.get(text);
    if (known !== undefined) return known;
    indexOfText.set(text, completions.length);
    completions.push(model === undefined ? { text } : { text, model });
    return completions.length - 1;
  });
  if (completions.length < 2) {
    const problem = read.length < 2 ? `has ${read.length === 0 ? "none" : "only one"}` : "are all the same text";
    throw new RowProblem(commonField(read), problem, "Give at least two different completions, or remove the row.");
  }
  return {
    line,
    group: { prompt, completions, rankings: rankings.map((ranking) => followMerge(ranking, read, distinct)) },
  };
}

function followMerge(ranking: ReadRanking, read: readonly ReadCompletion[], distinct: readonly number[]) {
  const { labeler, tiers, unacceptableFrom = null, field } = ranking;
  try {
    checkRanking({ tiers, unacceptableFrom }, read.keys());
  } catch (error) {
    if (error instanceof InvalidRanking)
      throw new RowProblem(field, "is not a ranking of the completions", error.message);
    throw error;
  }
  const tierOf = new Map<number, number>();
  const merged = tiers.map((tier, rank) =>
    tier.flatMap((index) => {
      const id = distinct[index]!;
      const before = tierOf.get(id);
      if (before !== undefined && before !== rank)
        throw new RowProblem(
          read[index]!.field,
          "repeats the text of another completion but is ranked differently",
          "Keep one copy of the text, in one tier.",
        );
      if (before !== undefined) return [];
      tierOf.set(id, rank);
      return [id];
    }),
  );
  return { labeler, tiers: merged, unacceptableFrom };
}

/** "completions[0].text" stands for the list it is in: "completions". */
function commonField(read: readonly ReadCompletion[]): string {
  return read[0] === undefined || read[0].field.startsWith("completions") ? "completions" : (read[1] ?? read[0]).field;
}
