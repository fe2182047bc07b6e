import type { PreferenceGroup, Prompt } from "@borda/preferences";
import { assembleRow, type ReadCompletion, type ReadRanking } from "../assemble";
import { anyTextAt, integerAt, type JsonObject, kindOf, listAt, objectAt, optionalTextAt, textAt } from "../fields";
import { type DatasetFormat, shareWith } from "../format";
import { RowProblem } from "../row";

/** Name of the labeler of a ranking that does not say who made it. */
const UNNAMED_LABELER = "imported";
/** Characters of a labeler's name at most: labelers are found by it, and PostgreSQL finds no text above 2.7 kB. */
const LABELER_NAME = 200;
const ROLES = ["system", "user", "assistant"] as const;

/**
 * Borda's own: `{prompt, completions: [{text, model?}], tiers?, unacceptable_from?, labeler?}`, one object a line.
 * prompt is a text, or chat messages `{role, content}`; tiers are lists of completion indices, best first;
 * unacceptable_from is the index of the first unacceptable tier. A prompt that several labelers ranked has a line each,
 * with names that differ: a project counts equal rankings of one labeler once, as a file that is imported twice must add
 * nothing, and rankings without a labeler are all of one.
 */
export const borda: DatasetFormat = {
  name: "borda",
  title: "Borda JSON Lines",
  fields: ["prompt", "completions", "tiers", "unacceptable_from", "labeler"],
  recognise: (sample) => shareWith(sample, "prompt", "completions"),
  *read(value, line) {
    const record = objectAt(value, "");
    const prompt = promptAt(record.prompt, "prompt");
    const completions = listAt(record.completions, "completions").map(completionAt);
    yield assembleRow(line, prompt, completions, rankingsOf(record));
  },
};

/** The lines that hold `group`, without line ends: one a ranking, or one for a prompt that nobody ranked. */
export function* bordaLines({ prompt, completions, rankings }: Omit<PreferenceGroup, "key">): Generator<string> {
  const shared = { prompt, completions: completions.map(({ text, model }) => ({ text, ...(model && { model }) })) };
  if (rankings.length === 0) yield JSON.stringify(shared);
  for (const { tiers, unacceptableFrom, labeler } of rankings) {
    const line = unacceptableFrom === null ? {} : { unacceptable_from: unacceptableFrom };
    yield JSON.stringify({ ...shared, tiers, ...line, labeler });
  }
}

/** A prompt as text or as chat messages; throws RowProblem. */
export function promptAt(value: unknown, field: string): Prompt {
  if (typeof value === "string") return textAt(value, field);
  if (!Array.isArray(value))
    throw new RowProblem(field, `is ${kindOf(value)}`, "Write a text, or a list of messages {role, content}.");
  if (value.length === 0) throw new RowProblem(field, "has no message", "Give at least one message {role, content}.");
  const messages = value.map((item, index) => {
    const message = objectAt(item, `${field}[${index}]`);
    const role = ROLES.find((name) => name === message.role);
    if (!role)
      throw new RowProblem(`${field}[${index}].role`, "is not a known role", `Write one of ${ROLES.join(", ")}.`);
    return { role, content: anyTextAt(message.content, `${field}[${index}].content`) };
  });
  if (messages.every(({ content }) => content.trim() === ""))
    throw new RowProblem(field, "has only empty messages", "Write the text, or remove the row.");
  return messages;
}

/** A completion as `{text, model?}`, or as a bare text; throws RowProblem. */
function completionAt(value: unknown, index: number): ReadCompletion {
  const field = `completions[${index}]`;
  if (typeof value === "string") return { text: textAt(value, field), field };
  const completion = objectAt(value, field);
  return {
    text: textAt(completion.text, `${field}.text`),
    model: optionalTextAt(completion.model, `${field}.model`),
    field: `${field}.text`,
  };
}

function rankingsOf(record: JsonObject): ReadRanking[] {
  const labeler = optionalTextAt(record.labeler, "labeler") ?? UNNAMED_LABELER;
  if (labeler.length > LABELER_NAME)
    throw new RowProblem(
      "labeler",
      `has ${labeler.length} characters`,
      `Give a name of at most ${LABELER_NAME} characters.`,
    );
  if (record.tiers === undefined || record.tiers === null) {
    if (record.unacceptable_from === undefined || record.unacceptable_from === null) return [];
    throw new RowProblem("unacceptable_from", "stands without tiers", "Give the tiers, or remove unacceptable_from.");
  }
  const tiers = listAt(record.tiers, "tiers").map((tier, rank) =>
    listAt(tier, `tiers[${rank}]`).map((index, place) => integerAt(index, `tiers[${rank}][${place}]`)),
  );
  const line = record.unacceptable_from ?? null;
  const unacceptableFrom = line === null ? null : integerAt(line, "unacceptable_from");
  return [{ labeler, tiers, unacceptableFrom, field: "tiers" }];
}
