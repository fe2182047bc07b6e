import { gzipSync } from "node:zlib";
import { type DatasetRow, openDataset, type RowIssue } from "../src";

/** The bytes of a text as a stream of chunks of `size` bytes. */
export async function* bytesOf(text: string | Buffer, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const jsonLines = (...records: unknown[]) => `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;

export const gzip = (text: string) => gzipSync(text);

export async function readAll(
  source: AsyncIterable<Uint8Array>,
): Promise<{ format: string; rows: DatasetRow[]; issues: RowIssue[]; bytes: number }> {
  const { format, events } = await openDataset(source);
  const rows: DatasetRow[] = [];
  const issues: RowIssue[] = [];
  let bytes = 0;
  for await (const event of events) {
    bytes = event.bytes;
    if (event.type === "row") rows.push(event.row);
    else issues.push(event.issue);
  }
  return { format: format.name, rows, issues, bytes };
}

export const bordaRow = {
  prompt: "Name a fruit.",
  completions: [{ text: "An apple.", model: "small" }, { text: "Rock." }, { text: "A pear." }],
  tiers: [[0, 2], [1]],
  unacceptable_from: 1,
  labeler: "Ada",
};

export const hhRow = {
  chosen: "\n\nHuman: Hello\n\nAssistant: Hi!\n\nHuman: Tell me a joke\n\nAssistant: Knock, knock.",
  rejected: "\n\nHuman: Hello\n\nAssistant: Hi!\n\nHuman: Tell me a joke\n\nAssistant: No.",
};

export const pandalmRow = {
  idx: 1,
  cmp_key: "tall_short",
  instruction: "Translate.",
  input: "pomme",
  response1: "apple",
  response2: "pear",
  annotator1: 1,
  annotator2: 0,
  annotator3: 2,
};

const reply = (text: string, rank: number | null, replies: unknown[] = []) => ({
  role: "assistant",
  text,
  rank,
  deleted: false,
  replies,
});
const question = (text: string, replies: unknown[]) => ({ role: "prompter", text, deleted: false, replies });
export const oasstTree = {
  message_tree_id: "t1",
  prompt: question("How do plants eat?", [
    reply("They do not.", 2),
    reply("By light.", 0, [question("All of them?", [reply("Most.", 0), reply("Yes.", 1), reply("Who knows.", null)])]),
    reply("With roots and leaves.", 1),
  ]),
};
