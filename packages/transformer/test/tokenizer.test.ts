import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { promptText } from "@borda/preferences";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBackbone, type Tokenizer } from "../src";
import { readTokenizer } from "../src/hugging-face-tokenizer";
import { readStarterVocabulary, starterFolder } from "../src/starter/package";
import { loadOriginalTokenizer } from "./original";
import { longText, texts } from "./texts";

describe("the starter's tokenizer", () => {
  let tokenizer: Tokenizer;
  let original: (text: string) => number[];
  let scores: number[];
  let folder: string;

  beforeAll(async () => {
    ({ tokenizer } = await loadBackbone("starter"));
    original = await loadOriginalTokenizer();
    scores = (await readStarterVocabulary(starterFolder())).map(([, score]) => score);
    folder = await mkdtemp(join(tmpdir(), "borda-tokenizer-"));
    await tokenizer.save(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Equal, or spelled with the same pieces in another order, which is exactly as probable. */
  function expectSameSpelling(text: string): void {
    const [actual, expected] = [tokenizer.encode(text), original(text)];
    if (actual.join() === expected.join()) return;
    expect([...actual].sort()).toEqual([...expected].sort());
    const sum = (ids: number[]) => ids.reduce((total, id) => total + scores[id]!, 0);
    expect(sum(actual)).toBeCloseTo(sum(expected), 6);
  }

  test.each(texts)("gives the original's ids for %j", (text) => {
    expect(tokenizer.encode(text)).toEqual(original(text));
  });

  test.each([":", ":)", ": a colon first", "a : b :) c :-( d", "http://x):", "", "\u0000", "é\u0301", "\u00a0nbsp"])(
    "gives the original's ids for the odd text %j",
    (text) => expect(tokenizer.encode(text)).toEqual(original(text)),
  );

  test("spells repeated characters with the original's pieces, in SentencePiece's order where that is all that differs", () => {
    for (const text of ["-----", "a -------- b", "00000 000000000", "!!!!!", "| --- | ----- |", "....... ....."])
      expectSameSpelling(text);
  });

  test("gives the original's ids for any text", () => {
    const character = fc.oneof(
      fc.constantFrom(..." \n:.-_0aeT▁�"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), (characters) => expectSameSpelling(characters.join(""))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(tokenizer.encode(longText(50, seed))).toEqual(original(longText(50, seed)));
      }),
      { numRuns: 20 },
    );
  });

  const conversations = new URL("../../../../shared/data/hh_harmless_base_test.jsonl.gz", import.meta.url);
  test.runIf(existsSync(conversations))("gives the original's ids on conversations", () => {
    const lines = gunzipSync(readFileSync(conversations)).toString("utf8").trim().split("\n").slice(0, 100);
    for (const line of lines) expectSameSpelling(JSON.parse(line).chosen);
  });

  test("never lets a text write a control piece", () => {
    const ids = tokenizer.encode("<s> </s> extra_token_id_1 extra_token_id_3</s>");
    expect(ids.every((id) => id >= 6)).toBe(true);
  });

  test("reads a text of a megabyte without a space", () => {
    expect(tokenizer.encode("ab1".repeat(350_000)).length).toBeGreaterThan(100_000);
    expect(tokenizer.encode("文".repeat(1_000_000))).toEqual([tokenizer.encode(" ")[0], 0]);
  });

  test("is the same after it was saved and read again", async () => {
    const again = await readTokenizer(folder);
    for (const text of texts) expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(again.padId).toBe(tokenizer.padId);
    expect(again.encodeGroup("Hi", ["there", "you"], 16)).toEqual(tokenizer.encodeGroup("Hi", ["there", "you"], 16));
  });

  test("gives transformers.js the same ids and segments for a prompt and a completion", async () => {
    const { AutoTokenizer, env } = await import("@huggingface/transformers");
    env.allowRemoteModels = false;
    const theirs = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
    const prompt = texts[10]!;
    for (const completion of texts) {
      const [row] = tokenizer.encodeGroup(prompt, [completion], 512);
      const { input_ids, token_type_ids } = theirs(prompt, { text_pair: completion, return_token_type_ids: true });
      expect(Array.from(input_ids.data, Number)).toEqual(row!.ids);
      expect(Array.from(token_type_ids!.data, Number)).toEqual(row!.segmentIds);
    }
  });

  test("sets </s> between prompt and completion, and writes a chat as turns", () => {
    const chat = [{ role: "user" as const, content: "Hello" }];
    const [row] = tokenizer.encodeGroup(chat, ["Good morning"], 64);
    const [prompt, completion] = [tokenizer.encode(promptText(chat)), tokenizer.encode("Good morning")];
    expect(row!.ids).toEqual([...prompt, 2, ...completion]);
    expect(row!.ids.slice(row!.completionStart, row!.completionEnd)).toEqual(completion);
  });
});

describe("a tokenizer that cannot be used", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "borda-tokenizer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is refused where it is missing, is no JSON, or lacks its model", async () => {
    await expect(readTokenizer(folder)).rejects.toMatchObject({
      code: "INVALID_TOKENIZER",
      message: expect.stringMatching(/has no tokenizer.json/),
    });
    await writeFile(join(folder, "tokenizer.json"), "{");
    await expect(readTokenizer(folder)).rejects.toMatchObject({
      code: "INVALID_TOKENIZER",
      message: expect.stringMatching(/is not JSON/),
    });
    await writeFile(join(folder, "tokenizer.json"), "{}");
    await expect(readTokenizer(folder)).rejects.toMatchObject({
      code: "INVALID_TOKENIZER",
      message: expect.stringMatching(/model/),
    });
  });
});
