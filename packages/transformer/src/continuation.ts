import { type Prompt, promptText } from "@borda/preferences";
import type { ChatTemplate } from "./chat-template";
import { encodeGroup } from "./encode-group";
import type { EncodedCompletion } from "./tokenizer";

/** How a decoder reads a prompt that a completion goes on. */
export interface ContinuationReader {
  readonly template: ChatTemplate | undefined;
  /** Ids of a whole text; with the tokenizer's own special tokens around it where a template has not set them. */
  encode(text: string, special: "added" | "in the text"): number[];
  /** The id that begins every row and is never cut, where the tokenizer has one. */
  readonly beginId: number | undefined;
}

/**
 * Rows of one prompt with each of its completions, as one text each: by the chat template, in which a completion is the
 * assistant's turn, or with the plain text of a prompt and its completion an empty line apart. Each row has exactly the
 * ids of its whole text; where prompt and completion meet, the tokens that the rows share are the prompt's.
 */
export function encodeContinuations(
  prompt: Prompt,
  completions: readonly string[],
  reader: ContinuationReader,
  maxLength: number,
): EncodedCompletion[] {
  const text = reader.template ? chatText(prompt, reader.template) : plainText(prompt);
  const special = reader.template ? "in the text" : "added";
  const rows = completions.map((completion) => reader.encode(text.whole(completion), special));
  const opening = reader.encode(text.opening, special);
  const shared = Math.min(...rows.map((row) => sharedLength(row, opening)));
  const ending = commonEnding(rows, shared, reader.encode(text.whole(""), special));
  const first = rows[0]?.slice(0, shared) ?? [];
  const kept = first[0] !== undefined && first[0] === reader.beginId ? 1 : 0;
  const around = {
    before: tokensOf(first.slice(0, kept), 0),
    between: tokensOf([], 0),
    after: tokensOf(rows[0]?.slice(rows[0].length - ending) ?? [], 1),
  };
  const own = rows.map((row) => row.slice(shared, row.length - ending));
  return encodeGroup(first.slice(kept), own, around, maxLength);
}

interface ContinuedText {
  /** Everything before the completion. */
  readonly opening: string;
  whole(completion: string): string;
}

function chatText(prompt: Prompt, template: ChatTemplate): ContinuedText {
  const messages = typeof prompt === "string" ? [{ role: "user" as const, content: prompt }] : prompt;
  return {
    opening: template.render(messages, "answer follows"),
    whole: (content) => template.render([...messages, { role: "assistant", content }], "whole"),
  };
}

function plainText(prompt: Prompt): ContinuedText {
  const whole = (content: string) =>
    typeof prompt === "string" ? `${prompt}\n\n${content}` : promptText([...prompt, { role: "assistant", content }]);
  return { opening: whole(""), whole };
}

/** How many tokens all rows have in common at their end with the row of an empty completion: what closes a turn. */
function commonEnding(rows: readonly (readonly number[])[], shared: number, empty: readonly number[]): number {
  const closing = empty.slice(Math.min(shared, empty.length)).reverse();
  return Math.min(...rows.map((row) => sharedLength(row.slice(shared).reverse(), closing)));
}

function sharedLength(x: readonly number[], y: readonly number[]): number {
  let length = 0;
  while (length < x.length && length < y.length && x[length] === y[length]) length++;
  return length;
}

const tokensOf = (ids: readonly number[], segment: 0 | 1) => ({ ids, segmentIds: ids.map(() => segment) });
