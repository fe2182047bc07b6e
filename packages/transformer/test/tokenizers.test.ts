import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chatTemplateOf } from "../src/chat-template";
import { readTokenizer } from "../src/hugging-face-tokenizer";

/** Trained and encoded by Python: python/train_tokenizers.py. */
const data = join(import.meta.dirname, "data", "tokenizers");

interface Expected {
  readonly texts: readonly { readonly text: string; readonly alone: number[]; readonly special: number[] }[];
  readonly pairs: readonly { a: string; b: string; input_ids: number[]; token_type_ids: number[] }[];
  readonly chats: readonly Chat[];
}
interface Chat {
  readonly messages: { role: "user" | "assistant" | "system"; content: string }[];
  readonly refused?: string;
  readonly whole?: { text: string; ids: number[] };
  readonly opening?: { text: string; ids: number[] };
}
const read = (name: string, file: string) => JSON.parse(readFileSync(join(data, name, file), "utf8"));

describe.each(readdirSync(data))("a %s tokenizer", (name) => {
  const expected: Expected = read(name, "expected.json");

  test("gives texts the ids that Python's tokenizers give them", async () => {
    const tokenizer = await readTokenizer(join(data, name));
    const found = expected.texts.map(({ text }) => ({ text, ids: tokenizer.encode(text) }));
    expect(found).toEqual(expected.texts.map(({ text, alone }) => ({ text, ids: alone })));
  });

  if (expected.chats.length === 0)
    test("sets a prompt and a completion as Python sets a pair", async () => {
      const tokenizer = await readTokenizer(join(data, name));
      for (const { a, b, input_ids, token_type_ids } of expected.pairs) {
        const [row] = tokenizer.encodeGroup(a, [b], 512);
        expect([row!.ids, row!.segmentIds], JSON.stringify([a, b])).toEqual([input_ids, token_type_ids]);
      }
    });
  else {
    const config = {
      ...read(name, "tokenizer_config.json"),
      chat_template: readFileSync(join(data, name, "chat_template.jinja"), "utf8"),
    };
    test.each(expected.chats)("renders and encodes a chat as Python does: $messages", async (chat) => {
      const template = chatTemplateOf(config, name)!;
      const tokenizer = await readTokenizer(join(data, name), "continuation");
      const last = chat.messages.at(-1)!;
      if (chat.refused !== undefined) {
        expect(() => template.render(chat.messages, "whole")).toThrow(chat.refused);
        return;
      }
      expect(template.render(chat.messages, "whole")).toBe(chat.whole!.text);
      expect(template.render(chat.messages, "answer follows")).toBe(chat.opening!.text);
      if (last.role !== "assistant") return;
      const [row] = tokenizer.encodeGroup(chat.messages.slice(0, -1), [last.content], 512);
      expect(row!.ids).toEqual(chat.whole!.ids);
    });
  }
});
