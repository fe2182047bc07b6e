import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDims,
  broadcastShapes,
  type Dim,
  dimOf,
  divideDims,
  multiplyDims,
  namesIn,
  resolveDim,
  ShapeMismatch,
  subtractDims,
  UnboundDimension,
} from "../src/index";

const bindings = new Map([
  ["n", 7],
  ["t", 11],
  ["m", 13],
]);
const resolved = (dim: Dim) => resolveDim(dim, bindings);

/** Sizes as programs make them: sums and products of names and small integers. */
const { dim } = fc.letrec<{ dim: Dim }>((tie) => ({
  dim: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("n", "t", "m"),
    fc.integer({ min: -4, max: 9 }),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => addDims(a, b)),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => subtractDims(a, b)),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => multiplyDims(a, b)),
  ),
}));

describe("symbolic sizes", () => {
  it("compute what the numbers they stand for compute", () => {
    fc.assert(
      fc.property(dim, dim, (a, b) => {
        expect(resolved(addDims(a, b))).toBe(resolved(a) + resolved(b) + 0);
        expect(resolved(subtractDims(a, b))).toBe(resolved(a) - resolved(b) + 0);
        expect(resolved(multiplyDims(a, b))).toBe(resolved(a) * resolved(b) + 0);
      }),
    );
  });

  it("have one text each, however they came about", () => {
    fc.assert(
      fc.property(dim, dim, dim, (a, b, c) => {
        expect(addDims(a, b)).toBe(addDims(b, a));
        expect(multiplyDims(a, addDims(b, c))).toBe(addDims(multiplyDims(a, b), multiplyDims(c, a)));
        expect(subtractDims(addDims(a, b), b)).toBe(dimOf(a));
      }),
    );
    expect(multiplyDims("t", 2, "n")).toBe("2*n*t");
    expect(subtractDims("t*n", "1")).toBe("n*t-1");
  });

  it("divide exactly or not at all", () => {
    fc.assert(
      fc.property(dim, fc.constantFrom<Dim>("n", 3, "2*t", "n*t"), (a, b) => {
        expect(divideDims(multiplyDims(a, b), b)).toBe(dimOf(a));
      }),
    );
    expect(() => divideDims("n", 2)).toThrow(ShapeMismatch);
    expect(() => divideDims("n+1", "n")).toThrow(ShapeMismatch);
  });

  it("name what they depend on, and what is not bound", () => {
    expect(namesIn("2*n*t+n+1").sort()).toEqual(["n", "t"]);
    expect(() => resolveDim("n*k", bindings)).toThrow(UnboundDimension);
    expect(() => dimOf("n/2")).toThrow(ShapeMismatch);
  });
});

describe("broadcasting", () => {
  it("aligns at the last axis and stretches ones", () => {
    expect(broadcastShapes(["n", 1, 4], ["t", 1], [4])).toEqual(["n", "t", 4]);
    expect(broadcastShapes([], ["n"])).toEqual(["n"]);
    expect(() => broadcastShapes(["n"], ["t"])).toThrow(/n meets|t meets/);
    expect(() => broadcastShapes(["n"], [3])).toThrow(ShapeMismatch);
  });
});
