import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeGroup, type PairTemplate, promptTokensKept } from "../src/encode-group";

const none = { ids: [], segmentIds: [] };
const separated: PairTemplate = { before: none, between: { ids: [2], segmentIds: [0] }, after: none };
/** [CLS] prompt [SEP] completion [SEP], as BERT writes a pair. */
const framed: PairTemplate = {
  before: { ids: [101], segmentIds: [0] },
  between: { ids: [102], segmentIds: [0] },
  after: { ids: [102], segmentIds: [1] },
};

const tokens = (length: number, from: number) => Array.from({ length }, (_, i) => from + i);
const prompt = tokens(10, 1000);

describe("the completions of one prompt", () => {
  test("stand whole beside the whole prompt where all fits", () => {
    expect(encodeGroup([7, 8], [[9], [10, 11]], separated, 16)).toEqual([
      { ids: [7, 8, 2, 9], segmentIds: [0, 0, 0, 1], completionStart: 3, completionEnd: 4, truncated: false },
      { ids: [7, 8, 2, 10, 11], segmentIds: [0, 0, 0, 1, 1], completionStart: 3, completionEnd: 5, truncated: false },
    ]);
  });

  test("keep the tokenizer's own special tokens around and between, none of which counts as completion", () => {
    const [row] = encodeGroup([7], [[9, 10]], framed, 16);
    expect(row).toEqual({
      ids: [101, 7, 102, 9, 10, 102],
      segmentIds: [0, 0, 0, 1, 1, 1],
      completionStart: 3,
      completionEnd: 5,
      truncated: false,
    });
  });

  test("cost the prompt its left end, as much as the longest needs and the same for the shortest", () => {
    const rows = encodeGroup(prompt, [tokens(2, 0), tokens(9, 0)], separated, 16);
    expect(rows.map(({ ids }) => ids.slice(0, 6))).toEqual([[...prompt.slice(-6)], [...prompt.slice(-6)]]);
    expect(rows.map(({ ids }) => ids.length)).toEqual([9, 16]);
    expect(rows.map(({ truncated }) => truncated)).toEqual([true, true]);
  });

  test("lose their own right end only where the longest does not fit alone, and then leave the prompt an eighth", () => {
    const [short, long] = encodeGroup(prompt, [tokens(3, 0), tokens(40, 0)], separated, 17);
    expect(short!.ids).toEqual([...prompt.slice(-2), 2, 0, 1, 2]);
    expect(long!.ids).toEqual([...prompt.slice(-2), 2, ...tokens(14, 0)]);
  });

  test("may take the whole room when they fill it exactly", () => {
    expect(promptTokensKept(10, [16], 16)).toBe(0);
    expect(promptTokensKept(10, [17], 16)).toBe(2);
  });

  test("may be empty, and so may the prompt", () => {
    const [row] = encodeGroup([], [[]], separated, 8);
    expect(row).toEqual({ ids: [2], segmentIds: [0], completionStart: 1, completionEnd: 1, truncated: false });
    expect(encodeGroup(prompt, [], separated, 8)).toEqual([]);
  });

  test("need room for one token beside the special ones", () => {
    expect(() => encodeGroup(prompt, [[1]], framed, 3)).toThrow(/maxLength is 3.*3: raise it/);
  });

  test("always fit, share one cut of the prompt, and are cut only at their ends", () => {
    const lengths = fc.array(fc.nat(60), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.nat(60), lengths, fc.integer({ min: 4, max: 64 }), (promptLength, completions, maxLength) => {
        const context = tokens(promptLength, 1000);
        const texts = completions.map((length) => tokens(length, 5000));
        const rows = encodeGroup(context, texts, framed, maxLength);
        const starts = new Set(rows.map(({ completionStart }) => completionStart));
        expect(starts.size).toBe(1);
        rows.forEach(({ ids, segmentIds, completionStart, completionEnd, truncated }, i) => {
          const kept = ids.slice(1, completionStart - 1);
          const own = ids.slice(completionStart, completionEnd);
          expect(ids.length).toBeLessThanOrEqual(maxLength);
          expect(segmentIds).toHaveLength(ids.length);
          expect(kept).toEqual(context.slice(context.length - kept.length));
          expect(own).toEqual(texts[i]!.slice(0, own.length));
          expect(truncated).toBe(kept.length + own.length < context.length + texts[i]!.length);
          if (Math.max(...completions) <= maxLength - 3) expect(own).toEqual(texts[i]);
        });
      }),
    );
  });
});
