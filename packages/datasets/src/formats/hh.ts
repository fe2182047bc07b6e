import type { ChatMessage } from "@borda/preferences";
import { assembleRow } from "../assemble";
import { objectAt, textAt } from "../fields";
import { type DatasetFormat, shareWith } from "../format";
import { RowProblem } from "../row";

const ROLES = { Human: "user", Assistant: "assistant" } as const;

/**
 * Anthropic's HH pairs (Bai et al. 2022): `chosen` and `rejected` are whole conversations with "\n\nHuman:" and
 * "\n\nAssistant:" turns that differ in the last assistant turn only. What they share is the prompt, as a chat.
 */
export const hh: DatasetFormat = {
  name: "hh",
  title: "Anthropic HH pairs",
  recognise: (sample) => shareWith(sample, "chosen", "rejected"),
  *read(value, line) {
    const record = objectAt(value, "");
    const chosen = conversationAt(record.chosen, "chosen");
    const rejected = conversationAt(record.rejected, "rejected");
    if (!sameChat(chosen.prompt, rejected.prompt))
      throw new RowProblem(
        "rejected",
        "does not share the conversation of chosen up to the last Assistant turn",
        "Let the two differ in the last Assistant turn only, or remove the row.",
      );
    const completions = [
      { text: chosen.completion, field: "chosen" },
      { text: rejected.completion, field: "rejected" },
    ];
    yield assembleRow(line, chosen.prompt, completions, [{ labeler: "hh", tiers: [[0], [1]], field: "chosen" }]);
  },
};

/** A conversation as the chat before its last turn, which must be the assistant's, and that turn. */
function conversationAt(value: unknown, field: string): { prompt: ChatMessage[]; completion: string } {
  const parts = `${textAt(value, field)}`.split(/\n\n(Human|Assistant):/);
  if (parts[0]!.trim() !== "" || parts.length < 3)
    throw new RowProblem(field, "does not begin with a turn", 'Begin with "\\n\\nHuman:".');
  const turns: ChatMessage[] = [];
  for (let at = 1; at < parts.length; at += 2)
    turns.push({ role: ROLES[parts[at] as keyof typeof ROLES], content: parts[at + 1]!.trim() });
  const last = turns.pop()!;
  if (last.role !== "assistant")
    throw new RowProblem(field, "ends with a Human turn", "End the conversation with the Assistant turn to be judged.");
  if (turns.length === 0)
    throw new RowProblem(field, "has no turn before the last", 'Begin with the "\\n\\nHuman:" turn that was answered.');
  if (last.content === "")
    throw new RowProblem(field, "has an empty last Assistant turn", "Write the turn, or remove the row.");
  return { prompt: turns, completion: last.content };
}

function sameChat(one: readonly ChatMessage[], other: readonly ChatMessage[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ role, content }, turn) => role === other[turn]!.role && content === other[turn]!.content)
  );
}
