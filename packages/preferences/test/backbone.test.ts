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
  const facts = {
    ...{ parameters: 10, hiddenSize: 1, layers: 4, layerParameters: 2, adapterParameters: 3, maxLength: 512 },
    activations: { perToken: 2, perPair: 1 },
  };
  const recipe = Recipe.parse({ maxLength: 8, tokenBudget: 64 });

  test("is its weights four times over, the head's too, and the activations of a whole batch", () => {
    const { training, ...other } = backboneNeeds(facts, recipe, 2);
    const activations = 8 * (2 * 64 + 64 * 8);
    const parts = { weights: 40, gradients: 48, moments: 96, activations, process: 300e6 };
    expect(training).toEqual({ ...parts, total: 300e6 + 184 + activations });
    expect(other).toEqual({ scoring: 80, checkpoint: 80, resume: 144 });
  });
  test("grows where one prompt's completions are more than the token budget", () => {
    const { training } = backboneNeeds(facts, recipe, 9);
    expect(training.activations).toBe(8 * (2 * 72 + 72 * 8));
  });
  test("knows no row longer than the backbone's longest", () => {
    const short = { ...facts, maxLength: 8 };
    expect(backboneNeeds(short, { ...recipe, maxLength: 99 }, 2)).toEqual(backboneNeeds(facts, recipe, 2));
  });
  test("has one layer's activations, and each layer's input, where layers are computed again", () => {
    const { training } = backboneNeeds(facts, { ...recipe, recompute: "layers" }, 2);
    expect(training.activations).toBe(8 * ((2 * 64 + 64 * 8) / 4 + 64 * 1 * 4));
  });
  test("has one layer's pairs of places where attention is computed again", () => {
    const { training } = backboneNeeds(facts, { ...recipe, recompute: "attention" }, 2);
    expect(training.activations).toBe(8 * (2 * 64 + (64 * 8) / 4));
  });
  test.each([
    ["adapters", { mode: "lora", loraRank: 5 } as const, 17, 1],
    ["the last layer", { mode: "last", lastLayers: 1 } as const, 4, 0.25],
    ["the head", { mode: "head" } as const, 2, 0.25],
  ])("is less where only %s train", (_, part, trained, share) => {
    const all = backboneNeeds(facts, recipe, 2).training;
    const { training } = backboneNeeds(facts, { ...recipe, ...part }, 2);
    expect(training).toMatchObject({ weights: 40, gradients: 4 * trained, moments: 8 * trained });
    expect(training.activations).toBe(all.activations * share);
  });
});
