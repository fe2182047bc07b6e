import { topologicalOrder } from "@borda/tensor";
import { architectureOf } from "@borda/transformer";
import { configs } from "@borda/transformer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rewardGraph } from "../src/model";
import { PLACE_TOKENS, packed, packingFeeds, TOKEN_PLACES } from "../src/packing";

test("places and tokens say the same both ways round, wherever the padding is", () => {
  const { [TOKEN_PLACES]: places, [PLACE_TOKENS]: tokens } = packingFeeds(
    BigInt64Array.of(0n, 1n, 1n, 1n, 0n, 0n),
    [2, 3],
  );
  expect(places).toEqual({ data: BigInt64Array.of(1n, 2n, 3n), dims: [3] });
  expect(tokens).toEqual({ data: BigInt64Array.of(3n, 0n, 1n, 2n, 3n, 3n), dims: [2, 3] });
});

test.each(Object.keys(configs))("no linear layer, norm or embedding of %s computes padding", (type) => {
  for (const config of fc.sample(configs[type]!, { numRuns: 5, seed: 3 })) {
    const { weightShapes, model } = architectureOf(config, "a generated config");
    const weights = new Map(
      [...weightShapes].map(([name, shape]) => [name, { shape, data: new Float32Array() }] as const),
    );
    const graph = rewardGraph(model({ weights, head: new Map() }), "mean");
    const padded = topologicalOrder([packed(graph).features]).filter(
      ({ op, inputs, shape }) =>
        ["linear", "matmul", "layerNorm", "gather"].includes(op) &&
        inputs.some((input) => input.op === "parameter") &&
        (shape[0] === "n*t" || (shape[0] === "n" && shape[1] === "t")),
    );
    expect(
      padded.map(({ op, shape }) => `${op} [${shape}]`),
      JSON.stringify(config),
    ).toEqual([]);
  }
});
