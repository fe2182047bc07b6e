import type { ChatMessage } from "@borda/preferences";
import { assembleRow, type ReadCompletion } from "../assemble";
import { integerAt, type JsonObject, listAt, objectAt, optionalTextAt, textAt } from "../fields";
import { type DatasetFormat, shareWith } from "../format";
import { type DatasetRow, RowProblem } from "../row";

const ROLES = { prompter: "user", assistant: "assistant" } as const;

/**
 * OpenAssistant message trees (Köpf et al. 2023), a tree a line: `prompt` is the root message, and sibling replies carry
 * `rank` from 0, the best. Every prompter message with at least two ranked replies is a row: the path to it is the chat,
 * its replies are the completions. A reply without a rank is an unranked completion; a deleted message ends its branch.
 */
export const openassistant: DatasetFormat = {
  name: "openassistant",
  title: "OpenAssistant message trees",
  recognise: (sample) => shareWith(sample, "message_tree_id", "prompt"),
  *read(value, line) {
    const tree = objectAt(value, "");
    const reported = new Set<string>();
    for (const found of walk(objectAt(tree.prompt, "prompt"), "prompt", [], line)) {
      if (found instanceof RowProblem) {
        if (reported.has(found.field)) continue; // an empty reply is met twice: as a completion and as a parent
        reported.add(found.field);
      }
      yield found;
    }
  },
};

/** The rows at and below one message. What cannot be read is a problem of its own; the rest is read on. */
function* walk(
  message: JsonObject,
  field: string,
  path: readonly ChatMessage[],
  line: number,
): Generator<DatasetRow | RowProblem> {
  const here = attempt(() => [...path, messageAt(message, field, path.at(-1))]);
  const replies = attempt(() => repliesOf(message, field));
  if (here instanceof RowProblem) yield here;
  if (replies instanceof RowProblem) yield replies;
  if (here instanceof RowProblem || replies instanceof RowProblem) return;
  const ranked = replies.filter(({ reply }) => reply.rank !== undefined && reply.rank !== null);
  if (here.at(-1)?.role === "user" && ranked.length >= 2) yield attempt(() => rowOf(here, replies, ranked, line));
  for (const { reply, at } of replies) yield* walk(reply, at, here, line);
}

function attempt<T>(read: () => T): T | RowProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowProblem) return error;
    throw error;
  }
}

type Reply = { readonly reply: JsonObject; readonly at: string };

function repliesOf(message: JsonObject, field: string): Reply[] {
  return listAt(message.replies ?? [], `${field}.replies`)
    .map((reply, index) => ({ at: `${field}.replies[${index}]`, reply: objectAt(reply, `${field}.replies[${index}]`) }))
    .filter(({ reply }) => reply.deleted !== true);
}

function messageAt(message: JsonObject, field: string, parent: ChatMessage | undefined): ChatMessage {
  const role = ROLES[message.role as keyof typeof ROLES];
  if (!role)
    throw new RowProblem(`${field}.role`, "is not a known role", `Write one of ${Object.keys(ROLES).join(", ")}.`);
  if (role === parent?.role || (parent === undefined && role !== "user"))
    throw new RowProblem(
      `${field}.role`,
      "does not alternate",
      "Begin with the prompter; let each reply change the role.",
    );
  return { role, content: textAt(message.text, `${field}.text`) };
}

function rowOf(prompt: ChatMessage[], replies: readonly Reply[], ranked: readonly Reply[], line: number): DatasetRow {
  const completions = replies.map(
    ({ reply, at }): ReadCompletion => ({
      text: textAt(reply.text, `${at}.text`),
      model: optionalTextAt(reply.model_name, `${at}.model_name`),
      field: `${at}.text`,
    }),
  );
  const holder = new Map<number, string>();
  for (const { reply, at } of ranked) {
    const rank = integerAt(reply.rank, `${at}.rank`);
    if (holder.has(rank))
      throw new RowProblem(
        `${at}.rank`,
        `repeats rank ${rank} of ${holder.get(rank)}`,
        "Give each reply its own rank.",
      );
    holder.set(rank, at);
  }
  const place = new Map(replies.map(({ at }, index) => [at, index] as const));
  const tiers = [...holder].sort(([p], [q]) => p - q).map(([, at]) => [place.get(at)!]);
  return assembleRow(line, prompt, completions, [{ labeler: "openassistant", tiers, field: ranked[0]!.at }]);
}
