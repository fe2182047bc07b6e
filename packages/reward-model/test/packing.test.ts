import { type AttributesOf, type Feeds, int64, topologicalOrder } from "@borda/tensor";
import { architectureOf } from "@borda/transformer";
import { configs } from "@borda/transformer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { binsFor, packedFeeds } from "../src/bins";
import { DROPOUT_PLACES, DROPOUT_ROWS } from "../src/dropout";
import { rewardGraph } from "../src/model";
import { packed } from "../src/packing";

/** Rows of some lengths, padded on a side to the longest: the token at a place has its row's number and its own. */
function rowsOf(lengths: readonly number[], side: "left" | "right"): Feeds {
  const [n, t] = [lengths.length, Math.max(...lengths)];
  const isToken = (row: number, at: number) => (side === "right" ? at < lengths[row]! : at >= t - lengths[row]!);
  const cells = Array.from({ length: n * t }, (_, i) => [Math.floor(i / t), i % t] as const);
  return {
    input_ids: int64(
      cells.map(([row, at]) => (isToken(row, at) ? 100 * row + at : -1)),
      [n, t],
    ),
    attention_mask: int64(
      cells.map(([row, at]) => Number(isToken(row, at))),
      [n, t],
    ),
    [DROPOUT_ROWS]: int64(lengths.map((_, row) => row)),
    [DROPOUT_PLACES]: int64(Array.from({ length: t }, (_, at) => at)),
  };
}

const numbers = (feeds: Feeds, name: string) => Array.from(feeds[name]!.data as BigInt64Array, Number);

test("rows of 2, 9, 3 and 8 tokens are two bins of like lengths, and each row is found again", () => {
  const feeds = packedFeeds(rowsOf([2, 9, 3, 8], "right"), 2);
  expect([feeds["input_ids/1"]!.dims, feeds["input_ids/2"]!.dims]).toEqual([
    [2, 3],
    [2, 9],
  ]);
  expect(numbers(feeds, "input_ids/1")).toEqual([0, 1, -1, 200, 201, 202]);
  expect(numbers(feeds, "token_places/1")).toEqual([0, 1, 3, 4, 5]);
  expect(numbers(feeds, "place_tokens/1")).toEqual([0, 1, 5, 2, 3, 4]);
  expect([numbers(feeds, "dropout_rows/1"), numbers(feeds, "dropout_places/1")]).toEqual([
    [0, 2],
    [0, 1, 2],
  ]);
  expect(numbers(feeds, "row_places")).toEqual([0, 3, 1, 2]);
});

test("a row alone is in the second bin, and one token of it in the first, where nothing is read", () => {
  const feeds = packedFeeds(rowsOf([4], "left"), 2);
  expect([numbers(feeds, "input_ids/1"), numbers(feeds, "input_ids/2")]).toEqual([[0], [0, 1, 2, 3]]);
  expect(numbers(feeds, "row_places")).toEqual([1]);
});

test("bins hold every row's tokens at their places, and no cut leaves attention fewer pairs of places", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 9 });
  const side = fc.constantFrom("left" as const, "right" as const);
  fc.assert(
    fc.property(lengths, side, fc.integer({ min: 2, max: 4 }), (all, where, count) => {
      const feeds = packedFeeds(rowsOf(all, where), count);
      const t = Math.max(...all);
      const bins = Array.from({ length: count }, (_, i) => i + 1);
      const rows = bins.flatMap((bin) => {
        const [n, width] = feeds[`input_ids/${bin}`]!.dims as [number, number];
        const [ids, mask] = [numbers(feeds, `input_ids/${bin}`), numbers(feeds, `attention_mask/${bin}`)];
        const inRow = (row: number) => (_: number, at: number) => Math.floor(at / width) === row && mask[at] === 1;
        return Array.from({ length: n }, (_, row) => ids.filter(inRow(row)));
      });
      expect(numbers(feeds, "row_places").map((place) => rows[place])).toEqual(
        all.map((length, row) =>
          Array.from({ length }, (_, at) => 100 * row + (where === "right" ? at : t - length + at)),
        ),
      );
      const pairs = ([n, width]: readonly number[]) => n! * width! ** 2;
      const sorted = [...all].sort((p, q) => p - q);
      const least = (rest: readonly number[], more: number): number =>
        Math.min(
          pairs([rest.length, rest.at(-1)!]),
          ...(more === 0 ? [] : rest.slice(1)).map(
            (_, at) => pairs([at + 1, rest[at]!]) + least(rest.slice(at + 1), more - 1),
          ),
        );
      const blanks = Math.max(0, count - all.length);
      const found = bins.map((bin) => pairs(feeds[`input_ids/${bin}`]!.dims));
      expect(found.slice(0, blanks)).toEqual(Array(blanks).fill(1));
      expect(found.slice(blanks).reduce((sum, each) => sum + each)).toBe(least(sorted, count - 1));
    }),
  );
});

test("bins are for batches whose rows differ much in length, and as many as leave out much", () => {
  const batch = (...lengths: number[]) => [{ rows: lengths.map((length) => ({ ids: Array(length).fill(5) })) }];
  expect(binsFor([batch(8, 8, 8, 8)])).toBe(1);
  expect(binsFor([batch(8, 9, 10)])).toBe(1);
  expect(binsFor([batch(8)])).toBe(1);
  expect(binsFor([batch(2, 2, 2, 8)])).toBe(2);
  expect(binsFor([batch(2, 2, 2, 8), batch(20, 20, 20, 20)])).toBe(1);
  expect(binsFor([batch(2, 4, 6, 8), batch(8, 2, 4, 6)])).toBe(4);
  expect(binsFor([batch(2, 4, 8, 8)])).toBe(3);
});

const types = Object.keys(configs);

/** Some configs of a type, and the ops that their features are packed to in two bins. */
function packedOps(type: string) {
  return fc.sample(configs[type]!, { numRuns: 5, seed: 3 }).map((config) => {
    const { weightShapes, model } = architectureOf(config, "a generated config");
    const weights = new Map(
      [...weightShapes].map(([name, shape]) => [name, { shape, data: new Float32Array() }] as const),
    );
    const graph = rewardGraph(model({ weights, head: new Map() }), "mean");
    return { config, order: topologicalOrder([packed(graph, 2).features]) };
  });
}

test.each(types)("no linear layer, norm or embedding of %s computes padding", (type) => {
  for (const { config, order } of packedOps(type)) {
    const padded = order.filter(
      ({ op, inputs, shape }) =>
        ["linear", "matmul", "layerNorm", "gather"].includes(op) &&
        inputs.some((input) => input.op === "parameter") &&
        /^n\d?\b/.test(`${shape[0]}`),
    );
    expect(
      padded.map(({ op, shape }) => `${op} [${shape}]`),
      JSON.stringify(config),
    ).toEqual([]);
  }
});

test.each(types)("the heads of %s come to their places and back without a transpose", (type) => {
  for (const { config, order } of packedOps(type)) {
    const turned = order.filter(
      ({ op, attributes, shape }) =>
        op === "transpose" &&
        (attributes as AttributesOf<"transpose">).permutation.join() === "0,2,1,3" &&
        typeof shape[0] === "string",
    );
    expect(
      turned.map(({ shape }) => `[${shape}]`),
      JSON.stringify(config),
    ).toEqual([]);
  }
});
