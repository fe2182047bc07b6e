import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitOf, stableHash } from "../src";

const keys = Array.from({ length: 20_000 }, (_, i) => `prompt ${i}`);

describe("the split", () => {
  test.each([0.05, 0.1, 0.25, 0.5])("holds out %d of the prompts", (share) => {
    const held = keys.filter((key) => splitOf(key, share) === "held-out").length;
    expect(Math.abs(held / keys.length - share)).toBeLessThan(0.01);
  });
  test("is a matter of the prompt alone: a larger share only adds to what a smaller one holds out", () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (key, share) => {
        if (splitOf(key, share) === "held-out") expect(splitOf(key, Math.min(0.99, share * 1.5))).toBe("held-out");
        expect(splitOf(key, share)).toBe(splitOf(key, share));
      }),
    );
  });
  test("never changes: these prompts have these sides for good", () => {
    const sides = keys.slice(0, 40).flatMap((key, i) => (splitOf(key) === "held-out" ? [i] : []));
    expect(sides).toMatchInlineSnapshot(`
      [
        8,
        23,
        28,
        38,
      ]
    `);
    expect(["", "a", "Borda"].map(stableHash)).toMatchInlineSnapshot(`
      [
        2872998923,
        444641715,
        3391268958,
      ]
    `);
  });
});
