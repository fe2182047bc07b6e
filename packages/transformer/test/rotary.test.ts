import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RopeParameters, turningOf } from "../src/layers";

interface Turned {
  readonly head_dim: number;
  readonly max_position_embeddings: number;
  readonly rope_parameters: { readonly rope_type: string; readonly rope_theta: number };
  readonly frequencies: readonly number[];
  readonly scale: number;
}
/** As python/list_rope_frequencies.py lists them. */
const { turnings } = JSON.parse(readFileSync(new URL("data/rope-frequencies.json", import.meta.url), "utf8")) as {
  turnings: readonly Turned[];
};

describe("positions turn as transformers turns them", () => {
  test.each(turnings)("$head_dim numbers by $rope_parameters", ({ rope_parameters, ...expected }) => {
    const parameters = RopeParameters.parse(rope_parameters);
    const { rope_theta: theta } = rope_parameters;
    const rope = { parameters, theta, partial: 1, maxPositions: expected.max_position_embeddings };
    const { frequencies, scale } = turningOf(rope, expected.head_dim);
    expect(scale).toBeCloseTo(expected.scale, 12);
    expect(frequencies).toHaveLength(expected.frequencies.length);
    // A few last bits: powers are not rounded alike everywhere.
    for (const [i, each] of expected.frequencies.entries())
      expect(Math.abs(frequencies[i]! / each - 1)).toBeLessThan(4e-7);
  });
});
