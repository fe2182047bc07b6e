import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createTokenizer, readTokenizer, type TokenizerFiles } from "../src/hugging-face-tokenizer";

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** A byte-level BPE with one merge, chat markers and a begin token, as decoders have. */
const letters = Object.fromEntries([..."abcdefghijklmnopqrstuvwxyzĠĊ:!?"].map((letter, i) => [letter, i]));
const markers = ["<s>", "<|user|>", "<|assistant|>", "<|end|>"].map((content, i) => special(content, 100 + i));
const template =
  "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";
const bpe = (config: Record<string, unknown> = {}): TokenizerFiles => ({
  definition: {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: markers,
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "<s>", type_id: 1 } },
        { Sequence: { id: "B", type_id: 1 } },
      ],
      special_tokens: { "<s>": { id: "<s>", ids: [100], tokens: ["<s>"] } },
    },
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab: { ...letters, ĊĊ: 50, "<s>": 100 },
      merges: ["Ċ Ċ"],
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
    },
  },
  config: {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: "<s>",
    pad_token: { __type: "AddedToken", content: "<|end|>" },
    ...config,
  },
});

/** A wordpiece model that knows BERT's special tokens, as encoders have. */
const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "how", "are", "you", "fine", "##ly", "?"];
const wordpiece: TokenizerFiles = {
  definition: {
    version: "1.0",
    truncation: { max_length: 4, strategy: "LongestFirst", stride: 0, direction: "Right" },
    padding: { strategy: { Fixed: 9 }, direction: "Right", pad_id: 0, pad_type_id: 0, pad_token: "[PAD]" },
    added_tokens: words.slice(0, 4).map(special),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, i) => [word, i])),
    },
  },
  config: { tokenizer_class: "BertTokenizer", pad_token: "[PAD]", do_lower_case: true, model_max_length: 512 },
};

describe("an encoder's tokenizer", () => {
  test("joins prompt and completion as the pair that transformers makes, whatever its file says of truncation", () => {
    const tokenizer = createTokenizer(wordpiece);
    const [row] = tokenizer.encodeGroup("How are you?", ["Finely"], 32);
    const theirs = new PreTrainedTokenizer(structuredClone(wordpiece.definition), structuredClone(wordpiece.config));
    const { input_ids, token_type_ids } = theirs("How are you?", {
      text_pair: "Finely",
      return_tensor: false,
      return_token_type_ids: true,
    });
    expect([row!.ids, row!.segmentIds]).toEqual([input_ids, token_type_ids]);
    expect(row).toMatchObject({ ids: [2, 4, 5, 6, 9, 3, 7, 8, 3], completionStart: 6, completionEnd: 8 });
  });
});

describe("a decoder's tokenizer with a chat template", () => {
  const files = bpe({ chat_template: template });
  const tokenizer = createTokenizer(files, "tokenizer.json", "continuation");
  const theirs = new PreTrainedTokenizer(structuredClone(files.definition), structuredClone(files.config));

  test.each([
    ["hi", "yes!"],
    [[{ role: "user" as const, content: "hi" }], "\n\nyes"],
    [
      [
        { role: "user" as const, content: "a?" },
        { role: "assistant" as const, content: "b" },
        { role: "user" as const, content: "c" },
      ],
      "d",
    ],
  ])("encodes %j going on with %j as transformers encodes the whole conversation", (prompt, completion) => {
    const [row] = tokenizer.encodeGroup(prompt, [completion], 64);
    const chat = typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
    const whole = theirs.apply_chat_template([...chat, { role: "assistant", content: completion }], {
      tokenize: true,
      return_dict: false,
      return_tensor: false,
      add_generation_prompt: false,
    });
    expect(row!.ids).toEqual(whole);
    expect(row!.ids[row!.completionStart - 1]).toBe(102);
    expect(row!.ids.slice(row!.completionEnd)).toEqual([103]);
  });

  test("cuts the same tokens off the prompt for every completion, but not the begin token", () => {
    const rows = tokenizer.encodeGroup("abcdefgh", ["x", "xyz"], 10);
    expect(rows.map(({ ids }) => ids.slice(0, 6))).toEqual([0, 1].map(() => [100, 5, 6, 7, 103, 102]));
    expect(rows.map(({ ids }) => ids.slice(6))).toEqual([
      [23, 103],
      [23, 24, 25, 103],
    ]);
    expect(rows.map(({ truncated }) => truncated)).toEqual([true, true]);
  });

  test("says which conversation its template refuses", () => {
    const strict = bpe({ chat_template: "{{ raise_exception('System role not supported') }}" });
    const refusing = createTokenizer(strict, "x/tokenizer.json", "continuation");
    expect(() => refusing.encodeGroup([{ role: "system", content: "s" }], ["a"], 9)).toThrow(
      /x\/tokenizer.json: chat_template refuses a conversation of system.*not supported/,
    );
  });

  test("finds the template in a file of its own, and saves it where both engines read it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "borda-tokenizer-"));
    const plain = bpe();
    await writeFile(join(folder, "tokenizer.json"), JSON.stringify(plain.definition));
    await writeFile(
      join(folder, "tokenizer_config.json"),
      JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast" }),
    );
    await writeFile(
      join(folder, "special_tokens_map.json"),
      JSON.stringify({ bos_token: "<s>", pad_token: "<|end|>" }),
    );
    await writeFile(join(folder, "chat_template.jinja"), template);
    const read = await readTokenizer(folder, "continuation");
    expect(read.padId).toBe(103);
    const rows = tokenizer.encodeGroup("hi", ["yes!"], 64);
    expect(read.encodeGroup("hi", ["yes!"], 64)).toEqual(rows);
    await rm(join(folder, "chat_template.jinja"));
    await read.save(folder);
    expect((await readTokenizer(folder, "continuation")).encodeGroup("hi", ["yes!"], 64)).toEqual(rows);
    await rm(folder, { recursive: true });
  });
});

describe("a decoder's tokenizer whose chat template asks what day it is", () => {
  const llama =
    "{%- if not date_string is defined %}\n    {%- if strftime_now is defined %}\n" +
    '        {%- set date_string = strftime_now("%d %b %Y") %}\n' +
    '    {%- else %}\n        {%- set date_string = "26 Jul 2024" %}\n    {%- endif %}\n{%- endif %}\n{{- date_string }}';
  const asking = (chat_template: unknown) => createTokenizer(bpe({ chat_template }), "tokenizer.json", "continuation");
  const templateOf = (files: Record<string, string>) => JSON.parse(files["tokenizer_config.json"]!).chat_template;
  const rendered = (text: string) => new Template(text).render({ messages: [] });
  afterEach(() => void vi.useRealTimers());

  test("gives the same ids whatever the clock", () => {
    const tokenizer = asking(llama + template);
    const rows = ["2024-01-01T12:00:00Z", "2031-11-30T12:00:00Z"].map((now) => {
      vi.setSystemTime(now);
      return tokenizer.encodeGroup("hi", ["yes!"], 64);
    });
    expect(rows[1]).toEqual(rows[0]);
  });

  test("saves it so that other engines render the same day, and changes it only once", () => {
    const saved = asking(llama + template).files();
    vi.setSystemTime("2031-11-30T12:00:00Z");
    expect(rendered(templateOf(saved))).toBe("26 Jul 2024");
    expect(asking(templateOf(saved)).files()).toEqual(saved);
    expect(templateOf(asking([{ name: "default", template: llama }]).files())[0].template).toContain("macro");
    expect(templateOf(asking(template).files())).toBe(template);
  });

  test.each([
    ["%d %B %Y, %A", "26 July 2024, Friday"],
    ["%Y-%m-%d %H:%M", "2024-07-26 00:00"],
    ["%%Y is %Y, 100%% %%%d", "%Y is 2024, 100% %26"],
    ["", ""],
  ])("knows %j", (format, day) => {
    const text = `\n  {% if true %}\n x\n  {% endif %}{{ strftime_now(${JSON.stringify(format)}) }}`;
    expect(rendered(templateOf(asking(text).files()))).toBe(`\n x\n${day}`);
  });
});

describe("a decoder's tokenizer without a chat template", () => {
  const tokenizer = createTokenizer(bpe(), "tokenizer.json", "continuation");
  const engine = createTokenizer(bpe());

  test("encodes prompt and completion as one text with its begin token, an empty line apart", () => {
    const [row] = tokenizer.encodeGroup("ab", ["cd"], 64);
    expect(row!.ids).toEqual([100, ...engine.encode("ab\n\ncd")]);
    expect(row!.ids.slice(row!.completionStart)).toEqual(
      engine.encode("\n\ncd").slice(-row!.ids.slice(row!.completionStart).length),
    );
  });

  test("continues a chat as the assistant's turn, though its letters are no markers", () => {
    const [row] = tokenizer.encodeGroup([{ role: "user", content: "a" }], ["b"], 64);
    expect(row!.ids).toEqual([100, ...engine.encode("User: a\n\nAssistant: b")]);
  });

  test("takes an empty completion", () => {
    const [row] = tokenizer.encodeGroup("ab", [""], 64);
    expect(row!.completionStart).toBe(row!.completionEnd);
  });
});
