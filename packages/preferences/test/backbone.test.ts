import { describe, expect, test } from "vitest";
import { backboneNeeds, isCommit, Recipe, readBackboneSource, writeBackboneSource } from "../src";

describe("a backbone's source", () => {
  test.each([
    ["starter", { kind: "starter" }],
    ["/models/minilm", { kind: "folder", path: "/models/minilm" }],
    ["hub:org/name@v1.0", { kind: "hub", repository: "org/name", revision: "v1.0" }],
  ])("%s is read and written as it was", (spec, source) => {
    expect(readBackboneSource(spec)).toEqual(source);
    expect(writeBackboneSource(readBackboneSource(spec)!)).toBe(spec);
  });
  test("of the hub without a revision is its main branch", () => {
    expect(readBackboneSource("hub:org/name")).toMatchObject({ revision: "main" });
  });
  test.each(["", "  ", "hub:", "hub:name", "hub:org/name@", "hub:org/name@a b"])("%j is none", (spec) => {
    expect(readBackboneSource(spec)).toBeNull();
    expect(Recipe.safeParse({ backbone: spec }).error?.issues[0]?.message).toMatch(/hub:ORG\/NAME/);
  });
  test("is pinned by a commit's whole hash only", () => {
    expect(isCommit("0123456789abcdef0123456789abcdef01234567")).toBe(true);
    expect(isCommit("0123456")).toBe(false);
  });
});

describe("what a backbone needs", () => {
  const facts = { parameters: 10, maxLength: 512, activations: { perToken: 2, perPair: 1 } };

  test("is its weights four times over, and the activations of a whole batch", () => {
    const { training, ...other } = backboneNeeds(facts, { maxLength: 4, tokenBudget: 8 }, 2);
    expect(training).toEqual({ weights: 40, gradients: 40, moments: 80, activations: 192, total: 352 });
    expect(other).toEqual({ scoring: 80, checkpoint: 80, resume: 120 });
  });
  test("grows where one prompt's completions are more than the token budget", () => {
    const { training } = backboneNeeds(facts, { maxLength: 4, tokenBudget: 8 }, 9);
    expect(training.activations).toBe(4 * (2 * 36 + 36 * 4));
  });
  test("knows no row longer than the backbone's longest", () => {
    const short = { ...facts, maxLength: 4 };
    expect(backboneNeeds(short, { maxLength: 99, tokenBudget: 8 }, 2).training.activations).toBe(192);
  });
});
