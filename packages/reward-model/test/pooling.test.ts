import { evaluate, float32, input, int64 } from "@borda/tensor";
import { describe, expect, test } from "vitest";
import { pool, poolingOf } from "../src/pooling";

describe("pooling", () => {
  const hidden = input("hidden", ["n", "t", 2]);
  const attentionMask = input("mask", ["n", "t"], "int64");
  const segmentIds = input("segments", ["n", "t"], "int64");
  // Two rows, padded on the right and on the left; the second one's completion is empty.
  const feeds = {
    hidden: float32([1, 10, 2, 20, 4, 40, 9, 99, 9, 99, 3, 30, 5, 50, 7, 70], [2, 4, 2]),
    mask: int64([1, 1, 1, 0, 0, 1, 1, 1], [2, 4]),
    segments: int64([0, 1, 1, 1, 0, 0, 0, 0], [2, 4]),
  };
  const pooled = (pooling: Parameters<typeof pool>[2]) => [
    ...evaluate({ rows: pool(hidden, { attentionMask, segmentIds }, pooling) }, feeds).rows.data,
  ];

  test.each([
    ["mean", [7 / 3, 70 / 3, 5, 50]],
    ["completion", [3, 30, 0, 0]],
    ["last", [4, 40, 7, 70]],
    ["cls", [1, 10, 3, 30]],
  ] as const)("by %s reads the tokens that it says, and no padding", (pooling, expected) => {
    for (const [at, value] of pooled(pooling).entries()) expect(value).toBeCloseTo(expected[at]!, 10);
  });

  test("a row without a token gives the state of a place that it has", () => {
    const padding = { ...feeds, mask: int64([0, 0, 0, 0, 0, 1, 1, 1], [2, 4]) };
    const rows = (["last", "cls"] as const).map((pooling) =>
      Array.from(evaluate({ rows: pool(hidden, { attentionMask }, pooling) }, padding).rows.data),
    );
    expect(rows).toEqual([
      [1, 10, 7, 70],
      [9, 99, 3, 30],
    ]);
  });
});

describe("a recipe's pooling", () => {
  const starter = { segments: true, modelType: "borda-starter" };
  const roberta = { segments: false, modelType: "roberta" };
  const pair = { row: "pair" } as const;

  test("is the backbone's usual one where none is named", () => {
    expect(poolingOf(starter, pair, { pooling: "usual" })).toBe("completion");
    expect(poolingOf(roberta, pair, { pooling: "usual" })).toBe("mean");
    expect(poolingOf({ segments: false, modelType: "llama" }, { row: "chat" }, { pooling: "usual" })).toBe("last");
    expect(poolingOf(starter, pair, { pooling: "cls" })).toBe("cls");
  });

  test("is refused where the model cannot be pooled so, with what can", () => {
    expect(() => poolingOf(roberta, pair, { pooling: "completion" })).toThrow(/a roberta is not told .* mean or cls/);
    expect(() => poolingOf({ segments: false, modelType: "gpt2" }, { row: "text" }, { pooling: "cls" })).toThrow(
      /first token of a gpt2 .* last or mean/,
    );
  });
});
